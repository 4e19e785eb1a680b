"""Search for a champion automatically: plan, baselines, sweeps, ensemble, promotion and report."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recsys import notebook
from recsys.errors import InputError
from recsys.execution.make import IN_PROCESS, Execution
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides
from recsys.reporter import Reporter, quiet
from recsys.workflows.automatic.plan import plan_of
from recsys.workflows.automatic.promoter import Promoter
from recsys.workflows.automatic.search import Budget, Search, SearchedSweep
from recsys.workflows.comparison.baselines import chosen_baselines
from recsys.workflows.comparison.report import report
from recsys.workflows.promotion.promotion import Promotion
from recsys.workflows.search.prepare import prepare
from recsys.workflows.search.progress import Watch, in_a_notebook
from recsys.workflows.search.run_study import SweepOptions
from recsys.workflows.search.stores import open_store, store_begun
from recsys.workflows.search.tables import Tables
from recsys.workflows.search.with_data import Data

MINUTES = 30.0
"""The default time."""
OF_SEARCH = 0.6
"""The share of the time that sweeps get after the baselines; the refits and the report take about the rest."""
PICKS = 16
"""The most picks of the ensemble."""


@dataclass(frozen=True)
class AutoResult:
    """The result of an automatic search."""

    name: str
    """The name of the model, and the beginning of the names of its sweeps."""
    goal: str
    reasons: Sequence[str]
    """One sentence for each choice of the plan."""
    metric: str
    baselines: Mapping[str, float]
    """The objective of each baseline on validation."""
    sweeps: Sequence[SearchedSweep]
    """The sweeps, the best first."""
    promotion: Promotion | None
    """The promotion; None if the champion was promoted by an earlier call."""
    version: int | None
    """The version of the champion; None if the model has none."""
    report: str
    """The path of the report."""

    @property
    def lines(self) -> Mapping[str, str]:
        """The result by name, as text for people."""
        said = {"model": self.name, "goal": self.goal}
        said |= {each.sweep: _in_words(each, self.metric) for each in self.sweeps}
        if self.promotion is None:
            said["promoted"] = f"version {self.version} is the champion already"
        else:
            said |= {name: text for name, text in self.promotion.lines.items() if name != "model"}
        return {**said, "report": self.report}

    def _repr_html_(self) -> str:
        return notebook.pairs(self.lines)


def auto(
    source: Data,
    *,
    goal: str | None = None,
    minutes: float = MINUTES,
    trials: int | None = None,
    name: str | None = None,
    items: str | Path | None = None,
    users: str | Path | None = None,
    ensemble: int = PICKS,
    seed: int | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    execution: Execution = IN_PROCESS,
    watch: Watch = in_a_notebook,
    reporter: Reporter = quiet,
) -> AutoResult:
    """Search for a champion for a file of ratings or events.

    The function chooses the goal and the split, measures the baselines, runs a sweep over each kind of model that the
    goal admits, builds an ensemble of the best trials, opens the test part once, and promotes the ensemble if it passes
    the gate. If it does not and there is no champion, the best baseline on validation becomes the champion, which opens
    the test part a second time.

    Sweeps share the budget by successive halving: see `Search`. All of them are ordinary sweeps. After an interruption
    the same call continues.

    Args:
        source: A file, a folder of files, the name of a MovieLens data set, or a pandas, polars or pyarrow table.
        goal: `ratings`, `lists`, `next` or `new-items`; None for the one that the data suggest.
        minutes: The time. Sweeps end in time; the refits and the report take what they need.
        trials: The number of trials of all sweeps together, instead of a time.
        name: The name of the model and the beginning of the names of its sweeps; by default that of the source.
        items: A file with what is known of the items.
        users: A file with what is known of the users.
        ensemble: The most picks of the ensemble.
        seed: The seed of searches and training.
        overrides: Values that replace those of all experiments, as `{"section.key": value}` or `["section.key=value"]`.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        execution: The executor that trains cohorts.
        watch: Receives the progress after every cohort.
        reporter: Receives messages: each choice, and the best value so far.

    Raises:
        InputError: The source cannot be read, lacks what the goal needs, or there are sweeps of these names of other
            experiments.
    """
    if minutes <= 0:
        raise InputError(f"minutes = {minutes:g}: expected a number above 0")
    plan = plan_of(
        source,
        name,
        goal=goal,
        items=items,
        users=users,
        seed=seed,
        overrides=overrides,
        tracking_uri=tracking_uri,
        reporter=reporter,
    )
    with store_begun(tracking_uri):
        load_frameworks()

    store = open_store(tracking_uri, create=True, reporter=reporter)
    tables, began = Tables(), time.monotonic()
    baselines = chosen_baselines(prepare(plan.first, reporter=reporter, tables=tables), reporter)
    values = {each: tuned.scored.values[plan.metric.name] for each, tuned in baselines.chosen.items()}
    reporter(f"to beat on validation: {', '.join(f'{each} {value:.4f}' for each, value in values.items())}")
    budget = Budget(OF_SEARCH * max(0.0, 60 * minutes - (time.monotonic() - began)), trials)
    sweeps = Search(store, plan, budget, SweepOptions(execution, watch, reporter), tables).run()
    promotion, version = Promoter(store, plan, baselines, tables, reporter).promote(sweeps, ensemble)
    page = report(sweeps[0].sweep, output=Path(f"{plan.name}.html"), tracking_uri=tracking_uri, reporter=reporter)
    return AutoResult(
        plan.name, plan.goal.name, plan.reasons, plan.metric.name, values, sweeps, promotion, version, page.file
    )


def _in_words(searched: SearchedSweep, metric: str) -> str:
    value = "no value" if searched.value is None else f"{metric} {searched.value:.4f}"
    return f"{value}, {searched.trials} trials in {searched.rounds} rounds"
