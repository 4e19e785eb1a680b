"""Reruns: the best trials trained again over several seeds, which takes the luck of the draw off their rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from recsys.errors import RecsysError
from recsys.evaluation.metric import metric_of
from recsys.evaluation.protocol import check_comparable
from recsys.tracking.tracker import Recorded, best_of
from recsys.training.trial import Result, State, Trial, trial_seed
from recsys.workflows.frameworks import load_frameworks
from recsys.workflows.prepare import Prepared, Say, prepare, quiet
from recsys.workflows.sweep import stored_experiment

if TYPE_CHECKING:
    from recsys.tracking.mlflow_store import MlflowStore


@dataclass(frozen=True)
class Rerun:
    """One trial over K new seeds."""

    rank: int
    """By the mean of the new runs."""
    sweep: str
    trial: int
    run_id: str
    recorded: float
    """The value that it was selected by."""
    mean: float
    deviation: float
    values: Sequence[float]


@dataclass(frozen=True)
class Reruns:
    """The best trials, by the mean of their new runs."""

    metric: str
    seeds: int
    rows: Sequence[Rerun]
    winners_curse: float
    """How much better the best recorded value was than the mean of that trial's new runs, in units of the metric."""


def rerun(
    names: Sequence[str],
    *,
    seeds: int,
    top: int = 10,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    say: Say = quiet,
) -> Reruns:
    """Train the best trials of one or several sweeps again, each over the same `seeds` new seeds, in cohorts.

    The runs are not tracked: they are a second look at trials that are.

    Args:
        names: The sweeps.
        seeds: How many new seeds.
        top: How many of the best trials.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        say: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps are of different fingerprints.
    """
    load_frameworks()

    from recsys.tracking.mlflow_store import MlflowStore

    store = MlflowStore(tracking_uri)
    headers = {name: store.header(name) for name in names}
    check_comparable({name: header.protocol for name, header in headers.items()})
    metric = metric_of(headers[names[0]].metric)
    entries = sorted(_entries(store, names), key=lambda entry: metric.sort_key(entry[1].values[metric.name]))[:top]
    values: dict[str, list[float]] = {}
    for name, header in headers.items():
        prepared = prepare(stored_experiment(header), allow_custom_factory=allow_custom_factory, say=say)
        values |= _values(prepared, [record for sweep, record in entries if sweep == name], seeds)
    rows = [
        Rerun(
            0,
            sweep,
            record.number,
            record.run_id,
            record.values[metric.name],
            float(np.mean(values[record.run_id])),
            float(np.std(values[record.run_id], ddof=1)) if seeds > 1 else float("nan"),
            values[record.run_id],
        )
        for sweep, record in entries
    ]
    sign = 1 if metric.direction == "minimize" else -1
    curse = sign * (rows[0].mean - rows[0].recorded) if rows else float("nan")
    ranked = sorted(rows, key=lambda row: metric.sort_key(row.mean))
    return Reruns(metric.name, seeds, [replace(row, rank=rank) for rank, row in enumerate(ranked, start=1)], curse)


def _entries(store: MlflowStore, names: Sequence[str]) -> list[tuple[str, Recorded]]:
    return [
        (name, record)
        for name in names
        for record in best_of(store.open_sweep(name).records(), store.header(name).direction)
    ]


def _values(prepared: Prepared, records: Sequence[Recorded], seeds: int) -> dict[str, list[float]]:
    """The objective of each record's new runs, by its run id."""
    from recsys.models.catalog import builds_cohorts
    from recsys.training.cohort import Trainer
    from recsys.training.data import TrainingData
    from recsys.training.grouping import cohorts

    experiment, split = prepared.experiment, prepared.split
    data = TrainingData(split.train, split.validation)
    trainer = Trainer(experiment.model, data, experiment.training, experiment.objective)
    trials = [
        Trial(place * seeds + k, record.point, trial_seed(record.seed, k + 1), experiment.training.epochs)
        for place, record in enumerate(records)
        for k in range(seeds)
    ]
    results: dict[int, Any] = {}
    for cohort in cohorts(trials, together=builds_cohorts(experiment.model)):
        results |= {result.trial.number: result for result in trainer.train(cohort)}
    return {
        record.run_id: [_value(results[place * seeds + k], prepared.metric.name) for k in range(seeds)]
        for place, record in enumerate(records)
    }


def _value(result: Result, metric: str) -> float:
    if result.state is State.FAILED:
        raise RecsysError(f"a rerun failed: {result.reason}")
    return result.values[metric]
