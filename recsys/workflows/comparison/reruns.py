"""Train the best trials again with several seeds, to rank them independently of one seed."""

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
from recsys.workflows.search.stored import prepare_sweeps
from recsys.workflows.search.stores import open_store


@dataclass(frozen=True)
class Rerun:
    """The results of one trial with K new seeds."""

    rank: int
    """The rank by the mean of the new runs."""
    sweep: str
    trial: int
    run_id: str
    recorded: float
    """The recorded value, which selected the trial."""
    mean: float
    """The mean of the new runs."""
    deviation: float
    """The sample standard deviation of the new runs; NaN for one seed."""
    values: Sequence[float]
    """The values of the K new runs."""


@dataclass(frozen=True)
class Reruns:
    """The best trials, ordered by the mean of their new runs."""

    metric: str
    seeds: int
    rows: Sequence[Rerun]
    winners_curse: float
    """The best recorded value's advantage over the mean of that trial's new runs, in units of the metric."""


def rerun(
    names: str | Sequence[str],
    *,
    seeds: int,
    top: int = 10,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
) -> Reruns:
    """Train the best trials of one or several sweeps again with the same `seeds` new seeds, in cohorts.

    The store does not record the new runs.

    Args:
        names: The name of a sweep, or several names.
        seeds: The number of new seeds.
        top: The number of best trials.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user.
        reporter: Receives messages, such as those of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps are not comparable, or a number is below 1.
        RecsysError: A new run failed.
    """
    for option, given in (("seeds", seeds), ("top", top)):
        if given < 1:
            raise InputError(f"{option} = {given}: expected 1 or more")
    load_frameworks()

    comparable = comparable_sweeps_of(open_store(tracking_uri, reporter=reporter), one_or_more(names))
    metric, entries = comparable.metric, comparable.entries[:top]
    values: dict[str, list[float]] = {}
    prepared = prepare_sweeps(comparable.headers, allow_custom_factory=allow_custom_factory, reporter=reporter)
    for name in comparable.headers:
        values |= _values(prepared[name], [record for sweep, record in entries if sweep == name], seeds, metric.name)
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
    """Return the metric of each record's new runs, by run id."""
    from recsys.models.training_data import TrainingData
    from recsys.training.cohort import Trainer
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
    for cohort in cohorts(trials, experiment.model):
        results |= {result.trial.number: result for result in trainer.train(cohort)}
    return {
        record.run_id: [_value(results[place * seeds + k], metric) for k in range(seeds)]
        for place, record in enumerate(records)
    }


def _training(experiment: Experiment) -> TrainingSettings:
    """Return the training settings of the trials; Hyperband does not use early stopping."""
    return (
        experiment.training.model_copy(update={"patience": 0})
        if experiment.study.pauses_trials
        else experiment.training
    )


def _epochs(experiment: Experiment, record: Recorded) -> int:
    """Return the trial's budget of epochs; under Hyperband, the number of recorded values."""
    return (
        len(record.finished.history)
        if experiment.study.pauses_trials and record.finished
        else experiment.training.epochs
    )


def _value(result: Result, metric: str) -> float:
    if result.state is TrialState.FAILED:
        raise RecsysError(f"a rerun failed: {result.reason}")
    return result.values[metric]
