"""Training alone, in this process: seconds an epoch of a cohort."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from recsys.experiment import Experiment
from recsys.training.cohort import Trainer
from recsys.training.data import TrainingData
from recsys.training.trial import Trial


def seconds_per_epoch(
    experiment: Experiment, data: TrainingData, sizes: Sequence[int], *, epochs: int = 12, **point: Any
) -> float:
    """Seconds an epoch of one cohort of members of these sizes: compilation and set-up taken off."""
    trainer = Trainer(
        experiment.model, data, experiment.training.model_copy(update={"patience": 0}), experiment.objective
    )

    def timed(last: int) -> float:
        began = time.perf_counter()
        trainer.train(_trials(experiment, sizes, last, point))
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
    """Sizes in sorted parts of about equal width."""
    parts: list[list[int]] = [[]]
    for size in sorted(sizes):
        if sum(parts[-1]) + size > width and parts[-1]:
            parts.append([])
        parts[-1].append(size)
    return parts
