"""Measure training in this process: the seconds per epoch of a cohort, or of the cohorts of a sweep."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from recsys.execution.executor import Task
from recsys.execution.make import IN_PROCESS, make_executor
from recsys.experiment import Experiment
from recsys.models.training_data import TrainingData
from recsys.training.grouping import cohorts
from recsys.training.trial import Trial


def seconds_per_epoch(
    experiment: Experiment, data: TrainingData, sizes: Sequence[int], *, epochs: int = 12, **point: Any
) -> float:
    """Return the seconds per epoch of one cohort, without compilation and set-up.

    Args:
        experiment: The experiment.
        data: The train and validation parts.
        sizes: The embedding size of each member.
        epochs: The number of measured epochs.
        **point: Parameter values of all members.
    """
    trainer = _task(experiment, data).trainer()
    return _epoch(lambda last: trainer.train(_trials(experiment, sizes, last, point)), epochs)


def seconds_of_a_sweep(
    experiment: Experiment, data: TrainingData, sizes: Sequence[int], *, epochs: int = 12, **point: Any
) -> float:
    """Return the seconds per epoch of these members in the cohorts of a sweep, which run in parallel on several cores.

    Args:
        experiment: The experiment.
        data: The train and validation parts.
        sizes: The embedding size of each member.
        epochs: The number of measured epochs.
        **point: Parameter values of all members.
    """
    executor = make_executor(_task(experiment, data), IN_PROCESS, side_by_side=True)

    def train(last: int) -> None:
        trials = _trials(experiment, sizes, last, point)
        parts = cohorts(trials, experiment.model, at_once=executor.width, rows=data.shape.users + data.shape.items)
        for part in parts:
            executor.submit(part)
        for _ in parts:
            executor.next()

    try:
        return _epoch(train, epochs)
    finally:
        executor.close()


def _task(experiment: Experiment, data: TrainingData) -> Task:
    training = experiment.training.model_copy(update={"patience": 0})
    return Task(experiment.model, data, training, experiment.objective, resumable=False)


def _epoch(train: Callable[[int], object], epochs: int) -> float:
    def timed(last: int) -> float:
        began = time.perf_counter()
        train(last)
        return time.perf_counter() - began

    timed(1)
    short = min(timed(2) for _ in range(2))
    return max(min(timed(2 + epochs) for _ in range(2)) - short, 1e-9) / epochs


def _trials(experiment: Experiment, sizes: Sequence[int], epochs: int, point: Any) -> list[Trial]:
    base = {**experiment.default_point, **point}
    if "embedding_size" in base:
        return [Trial(n, {**base, "embedding_size": size}, n, epochs) for n, size in enumerate(sizes)]
    return [Trial(n, base, n, epochs) for n in range(len(sizes))]


def in_parts(sizes: Sequence[int], width: int) -> list[list[int]]:
    """Divide sizes into sorted parts, each with a sum of at most `width` if it has several members."""
    parts: list[list[int]] = [[]]
    for size in sorted(sizes):
        if sum(parts[-1]) + size > width and parts[-1]:
            parts.append([])
        parts[-1].append(size)
    return parts
