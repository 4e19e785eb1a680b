"""Search for a champion automatically: plan, judges, sweeps, ensemble, promotion and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recsys import notebook
from recsys.data.reading.formats import stem_of
from recsys.errors import InputError
from recsys.execution.make import IN_PROCESS, Execution
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides
from recsys.registry.names import checked_name as checked_model_name
from recsys.reporter import Reporter, quiet
from recsys.store.address import registry_uri
from recsys.tracking.names import checked_name, name_after
from recsys.workflows.automatic.plan import Plan, plan_of
from recsys.workflows.automatic.search import Budget, Search, Searched
from recsys.workflows.comparison.baselines import chosen_baselines
from recsys.workflows.comparison.candidate import Candidate, candidate_of
from recsys.workflows.comparison.report import report
from recsys.workflows.promotion.promote import promote_candidate
from recsys.workflows.promotion.promotion import Promotion, Rules
from recsys.workflows.search.prepare import prepare
from recsys.workflows.search.progress import Watch, in_a_notebook
from recsys.workflows.search.run_study import SweepOptions
from recsys.workflows.search.stores import open_registry, open_store, store_begun
from recsys.workflows.search.tables import Tables
from recsys.workflows.search.with_data import Data, file_of

if TYPE_CHECKING:
    from recsys.evaluation.baselines.tuning import TunedBaselines
    from recsys.registry.history import Version
    from recsys.tracking.store import Store

MINUTES = 30.0
"""The default time."""
OF_SEARCH = 0.6
"""The share of the time for sweeps; judges, refits and the report take the rest."""
PICKS = 16
"""The most picks of the ensemble."""


@dataclass(frozen=True)
class Automatic:
    """The result of an automatic search."""

    name: str
    """The name of the model, and the beginning of the names of its sweeps."""
    goal: str
    reasons: Sequence[str]
    """One sentence for each choice of the plan."""
    metric: str
    baselines: Mapping[str, float]
    """The objective of each baseline on validation."""
    sweeps: Sequence[Searched]
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
) -> Automatic:
    """Search for a champion for a file of ratings or events.

    The function chooses the goal and the split, measures the baselines, runs a sweep over each kind of model that the
    goal admits, builds an ensemble of the best trials, opens the test part once, and promotes the ensemble if it passes
    the gate. If it does not and there is no champion, the best baseline on validation becomes the champion, and its
    values on the test part are recorded too.

    Sweeps share the budget by successive halving: see `Search`. All of them are ordinary sweeps. After an interruption
    the same call continues.

    Args:
        source: A file, a folder of files, the name of a MovieLens data set, or a pandas, polars or pyarrow table.
        goal: `ratings`, `lists`, `next` or `new-items`; None for the one that the data suggest.
        minutes: The time. Sweeps take about two thirds of it, as minutes of work.
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
    plan = planned(
        source,
        goal=goal,
        name=name,
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
    tables = Tables()
    baselines = chosen_baselines(prepare(plan.first, reporter=reporter, tables=tables), reporter)
    values = _values(baselines, plan)
    reporter(f"to beat on validation: {', '.join(f'{each} {value:.4f}' for each, value in values.items())}")
    budget = Budget(60 * OF_SEARCH * minutes, trials)
    sweeps = Search(store, plan, budget, SweepOptions(execution, watch, reporter), tables).run()
    promotion, version = _promoted(store, plan, sweeps, baselines, ensemble, tables, reporter)
    page = report(sweeps[0].sweep, output=Path(f"{plan.name}.html"), tracking_uri=tracking_uri, reporter=reporter)
    metric = plan.first.objective.metric
    return Automatic(plan.name, plan.goal.name, plan.reasons, metric, values, sweeps, promotion, version, page.file)


def planned(
    source: Data,
    *,
    goal: str | None = None,
    name: str | None = None,
    items: str | Path | None = None,
    users: str | Path | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> Plan:
    """Return the plan of `auto`, and report its choices."""
    path = source if isinstance(source, (str, Path)) else file_of(source, tracking_uri)
    stem = name_after(stem_of(Path(path))) if name is None else checked_name(checked_model_name(name))
    plan = plan_of(path, stem, goal=goal, items=items, users=users, seed=seed, overrides=overrides)
    for reason in plan.reasons:
        reporter(reason)
    for shipped, why in plan.left_out.items():
        reporter(f"{shipped} is left out: {why}")
    return plan


def _values(baselines: TunedBaselines, plan: Plan) -> dict[str, float]:
    metric = plan.first.objective.metric
    return {name: tuned.scored.values[metric] for name, tuned in baselines.chosen.items()}


def _promoted(
    store: Store,
    plan: Plan,
    sweeps: Sequence[Searched],
    baselines: TunedBaselines,
    picks: int,
    tables: Tables,
    reporter: Reporter,
) -> tuple[Promotion | None, int | None]:
    """Promote the ensemble of all sweeps, or else the best baseline.

    Returns:
        The promotion, None if an earlier call promoted the ensemble; and the version of the champion.
    """
    names = [each.sweep for each in sweeps if each.value is not None]
    if not names:
        raise InputError(f"{plan.name}: no trial was completed; recsys show {sweeps[0].sweep} tells why")
    candidate = candidate_of(store, names, ensemble=picks, reporter=reporter, tables=tables)
    best = min(baselines.chosen.values(), key=lambda each: _key(plan, each.scored.values))
    alone = Candidate(candidate.prepared, [best.baseline], [store.find(names[0]).run_id], candidate.spaces)
    champion = _champion(store, plan.name)
    if champion is not None and any(_is_of(champion, each) for each in (candidate, alone)):
        return None, champion.version
    reporter(f"the ensemble has {len(candidate.recipes)} models; the test part is opened")
    rules = Rules(reporter=reporter)
    promotion = promote_candidate(store, candidate, baselines, f"auto {plan.name}", rules, plan.name)
    if not promotion.promoted and champion is None:
        why = f"no model passed the gate, and {best.baseline.name} is the best baseline on validation"
        reporter(f"{promotion.reason}; {best.baseline.name}, the best baseline on validation, is promoted instead")
        rules = Rules(accept_baseline_loss=why, reporter=reporter)
        promotion = promote_candidate(store, alone, baselines, f"auto {plan.name} --baseline", rules, plan.name)
    now = _champion(store, plan.name)
    return promotion, None if now is None else now.version


def _key(plan: Plan, values: Mapping[str, float]) -> float:
    from recsys.evaluation.metrics.table import metric_of

    metric = metric_of(plan.first.objective.metric)
    return metric.sort_key(values[metric.name])


def _champion(store: Store, model: str) -> Version | None:
    registry = open_registry(registry_uri(store.uri), create=True)
    return registry.champion(model)


def _is_of(champion: Version, candidate: Candidate) -> bool:
    """Whether a champion was made of these trials under the same protocol."""
    tags = champion.tags
    runs = ",".join(candidate.run_ids)[:5000]
    return (tags.get("recsys.trial_run"), tags.get("recsys.fingerprint")) == (runs, candidate.prepared.fingerprint)


def _in_words(searched: Searched, metric: str) -> str:
    value = "no value" if searched.value is None else f"{metric} {searched.value:.4f}"
    return f"{value}, {searched.trials} trials in {searched.rounds} rounds"
