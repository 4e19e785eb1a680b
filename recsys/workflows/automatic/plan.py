"""Plan: the question that data answer, the split that judges it, and one experiment for each kind of model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from recsys.data.reading.formats import stem_of
from recsys.errors import InputError
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.table import metric_of
from recsys.experiment import Experiment, load_experiment
from recsys.overrides import Overrides, as_mapping
from recsys.registry.names import checked_name as checked_model_name
from recsys.reporter import Reporter, quiet
from recsys.tracking.names import checked_name, name_after
from recsys.workflows.automatic.goals import GOALS, Goal, goal_of, lacking
from recsys.workflows.automatic.on_data import OnData
from recsys.workflows.search.with_data import Data, file_of
from recsys.workflows.setup.default_split import default_split, explained
from recsys.workflows.setup.found_data import FoundData, found_data


@dataclass(frozen=True)
class Plan:
    """What an automatic search does."""

    name: str
    """The beginning of the names of its sweeps, and the name of the model."""
    goal: Goal
    experiments: Mapping[str, Experiment]
    """The experiment of each sweep, by the name of the sweep."""
    reasons: Sequence[str]
    """One sentence for each choice."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """The shipped experiments that the data do not admit, with the reasons."""

    @property
    def first(self) -> Experiment:
        """One of the experiments, which share data, split and objective."""
        return next(iter(self.experiments.values()))

    @property
    def metric(self) -> Metric:
        """The objective."""
        return metric_of(self.first.objective.metric)


def plan_of(
    source: Data,
    name: str | None = None,
    *,
    goal: str | None = None,
    items: str | Path | None = None,
    users: str | Path | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> Plan:
    """Inspect a source, and plan a search for its champion.

    Features of items and users take part if their files are given, or if the goal needs them.

    Args:
        source: A file, a folder of files, the name of a MovieLens data set, or a pandas, polars or pyarrow table.
        name: The name of the plan; by default that of the source.
        goal: The name of a goal; None for the one that the data suggest.
        items: A file with what is known of the items.
        users: A file with what is known of the users.
        seed: The seed of searches and training.
        overrides: Values that replace those of all experiments.
        tracking_uri: The store, in whose folder a table is stored.
        reporter: Receives the reasons.

    Raises:
        InputError: The source cannot be read, there is no such goal, or the data lack what it needs.
    """
    if goal is not None and goal not in GOALS:
        raise InputError(f"--for {goal}: expected {', '.join(GOALS)}")
    path = source if isinstance(source, (str, Path)) else file_of(source, tracking_uri)
    name = name_after(stem_of(Path(path))) if name is None else checked_name(checked_model_name(name))
    values = as_mapping(overrides)
    if seed is not None:
        values |= {"study.seed": seed, "training.seed": seed}
    of_data = {key: value for key, value in values.items() if key.startswith("data.")}
    own = goal is not None and "item features" in GOALS[goal].needs
    found = found_data(path, Path.cwd(), {"items": items, "users": users}, of_data, own_features=own)
    aim, why = goal_of(found.ratings) if goal is None else (GOALS[goal], "--for asks for it")
    if missing := lacking(aim, found.ratings):
        raise InputError(f"--for {aim.name}: the data have no {' and no '.join(missing)}")
    shared, reasons = _shared(found, aim, values)
    on_data = OnData(found.ratings, {**shared, "promotion": {"name": name}}, values)
    experiments, left_out = _experiments(aim, on_data, name)
    said = [*found.findings.columns, f"goal: {aim.name}, {aim.question}, because {why}", *reasons]
    plan = Plan(name, aim, experiments, [*said, *dict.fromkeys(found.notes)], left_out)
    for sentence in (*plan.reasons, *(f"{each} is left out: {reason}" for each, reason in left_out.items())):
        reporter(sentence)
    return plan


def _experiments(goal: Goal, on_data: OnData, name: str) -> tuple[dict[str, Experiment], dict[str, str]]:
    """Return the experiments of a goal by the names of their sweeps, and those that are left out."""
    experiments, left_out = {}, {}
    for shipped in goal.experiments:
        own = load_experiment(shipped)
        if (reason := on_data.unfit(own)) is not None:
            left_out[shipped] = reason
            continue
        sweep = f"{name}-{shipped.removeprefix('next_').removesuffix('_top_n')}"
        experiments[sweep] = on_data.experiment(own, sweep, goal.first.get(shipped))
    if not experiments:
        raise InputError(f"--for {goal.name}: {'; '.join(f'{each}: {why}' for each, why in left_out.items())}")
    return experiments, left_out


def _shared(found: FoundData, goal: Goal, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return `[data]` and `[split]` of all experiments, and the reasons for what they have."""
    data, ratings, reasons = dict(found.section), found.ratings, []
    if goal.positives and not ratings.implicit and "data.positive_from" not in values:
        levels = np.unique(ratings.values)
        least = levels[0] if goal.positives == "all" else levels[levels >= ratings.values.mean()][0]
        data["positive_from"] = float(least)
        above = "every rating" if goal.positives == "all" else "the lowest rating that is at least the mean"
        reasons.append(f"positives: ratings from {least:g}, which is {above} (data.positive_from)")
    kind, reason = _split(found, goal, values)
    return {"data": data, "split": {"kind": kind}}, [*reasons, reason]


def _split(found: FoundData, goal: Goal, values: Mapping[str, Any]) -> tuple[str, str]:
    implicit = found.ratings.implicit
    if "split.kind" in values:
        return str(values["split.kind"]), f"split: {values['split.kind']}, because --set asks for it"
    if found.findings.split is not None:
        return "column", explained("column", "a column marks them", implicit=implicit).sentence
    if goal.split is not None:
        return goal.split, f"split: {goal.split}, because the goal is {goal.name}"
    split = default_split(found.ratings, found.notes)
    return split.kind, split.sentence
