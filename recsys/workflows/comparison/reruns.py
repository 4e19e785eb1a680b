"""Reruns: the best trials trained again over several seeds, which takes the luck of the draw off their rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recsys.errors import InputError, RecsysError
from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.reporter import Reporter, quiet
from recsys.tracking.tracker import Recorded
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial, TrialState, trial_seed
from recsys.workflows.comparison.comparable_sweeps import comparable_sweeps_of, one_or_more
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.stored import prepare_stored


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
    names: str | Sequence[str],
    *,
    seeds: int,
    top: int = 10,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
) -> Reruns:
    """Train the best trials of one or several sweeps again, each over the same `seeds` new seeds, in cohorts.

    The runs are not tracked: they are a second look at trials that are.

    Args:
        names: The sweep, or the sweeps.
        seeds: How many new seeds.
        top: How many of the best trials.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        reporter: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps cannot be compared.
    """
    for option, given in (("seeds", seeds), ("top", top)):
        if given < 1:
            raise InputError(f"{option} = {given}: expected 1 or more")
    load_frameworks()

    from recsys.tracking.mlflow.store import MlflowStore

    comparable = comparable_sweeps_of(MlflowStore(tracking_uri, reporter=reporter), one_or_more(names))
    metric, entries = comparable.metric, comparable.entries[:top]
    values: dict[str, list[float]] = {}
    for name, header in comparable.headers.items():
        prepared = prepare_stored(header, allow_custom_factory=allow_custom_factory, reporter=reporter)
        values |= _values(prepared, [record for sweep, record in entries if sweep == name], seeds, metric.name)
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
    curse = metric.sort_key(rows[0].mean) - metric.sort_key(rows[0].recorded) if rows else float("nan")
    ranked = sorted(rows, key=lambda row: metric.sort_key(row.mean))
    return Reruns(metric.name, seeds, [replace(row, rank=rank) for rank, row in enumerate(ranked, start=1)], curse)


def _values(prepared: Prepared, records: Sequence[Recorded], seeds: int, metric: str) -> dict[str, list[float]]:
    """The metric of each record's new runs, by its run id."""
    from recsys.models.model import builds_cohorts
    from recsys.training.cohort import Trainer
    from recsys.training.data import TrainingData
    from recsys.training.grouping import cohorts

    experiment, split = prepared.experiment, prepared.split
    data = TrainingData(split.train, split.validation)
    trainer = Trainer(experiment.model, data, _training(experiment), experiment.objective)
    trials = [
        Trial(place * seeds + k, record.point, trial_seed(record.seed, k + 1), _epochs(experiment, record))
        for place, record in enumerate(records)
        for k in range(seeds)
    ]
    results: dict[int, Any] = {}
    for cohort in cohorts(trials, together=builds_cohorts(experiment.model)):
        results |= {result.trial.number: result for result in trainer.train(cohort)}
    return {
        record.run_id: [_value(results[place * seeds + k], metric) for k in range(seeds)]
        for place, record in enumerate(records)
    }


def _training(experiment: Experiment) -> TrainingSettings:
    """As the trials were trained: Hyperband alone decides who stops when."""
    return (
        experiment.training.model_copy(update={"patience": 0})
        if experiment.study.pauses_trials
        else experiment.training
    )


def _epochs(experiment: Experiment, record: Recorded) -> int:
    """The trial's budget; Hyperband gave it as many epochs as the record has values."""
    return (
        len(record.finished.history)
        if experiment.study.pauses_trials and record.finished
        else experiment.training.epochs
    )


def _value(result: Result, metric: str) -> float:
    if result.state is TrialState.FAILED:
        raise RecsysError(f"a rerun failed: {result.reason}")
    return result.values[metric]
