"""A trial and what became of it: the words that study, training and tracking share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from recsys.arrays import Float32Array
from recsys.spaces.parameter import Point as Point  # noqa: PLC0414 - trials are of points: who has one has the other

Whole = Callable[[Point], Point]
"""From what a space's parameters are to a point of the model."""
Weights = Mapping[str, Float32Array]
"""The arrays of one member's model, by their path in the model of this member alone."""


TRAIN = "train_"
"""How the names of a history begin that are of training, as `train_loss` is; all others are validation metrics."""


class TrialState(StrEnum):
    """How a trial ended."""

    COMPLETE = "COMPLETE"
    PRUNED = "PRUNED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Trial:
    """One point of the space, to be trained from epoch `first_epoch` up to, not including, `last_epoch`.

    `first_epoch` is above 0 only where a study (Hyperband) goes on with a trial that it has paused: the number, the
    point and the seed are then those of the paused trial.
    """

    number: int
    point: Point
    seed: int
    last_epoch: int
    first_epoch: int = 0


def trial_seed(study_seed: int, number: int) -> int:
    """The seed of a trial's initial weights and dropout: derived from the study's seed and the trial's number."""
    return int(np.random.SeedSequence([study_seed, number]).generate_state(1)[0] >> 1)


@dataclass(frozen=True)
class Snapshot:
    """Where a trial's training stands, so that it can go on later as if it had never paused."""

    epoch: int
    """Epochs trained so far."""
    arrays: Mapping[str, Weights]
    """Current weights, best weights and optimizer slots, by name."""
    history: Mapping[str, list[float]]
    best_epoch: int


@dataclass(frozen=True)
class Result:
    """What training made of a trial. Epochs count from 0; `history` holds one list a metric, one value an epoch."""

    trial: Trial
    state: TrialState
    history: Mapping[str, list[float]]
    """`train_loss`, what else the solver tells of training (`train_…`), and every validation metric (`rmse`, `mae`, …),
    from epoch 0 on."""
    best_epoch: int
    values: Mapping[str, float]
    """The validation metrics at the best epoch; empty for a trial that failed in its first epoch."""
    weights: Weights = field(repr=False)
    """The weights at the best epoch."""
    seconds: float
    """The trial's share of its cohort's training time."""
    reason: str = ""
    """Why the trial was pruned, failed, or was cut."""
    snapshot: Snapshot | None = field(default=None, repr=False)
    """Given where the study may go on with the trial (Hyperband)."""

    @property
    def cut(self) -> bool:
        """Whether its training was stopped at its epoch, because the sweep ended, and it keeps its best so far."""
        return self.state is TrialState.COMPLETE and bool(self.reason)


@dataclass(frozen=True)
class FinishedTrial:
    """What a study is told of a finished trial, from memory or, on resuming, from the tracking store."""

    state: TrialState
    value: float | None
    """The objective at the best epoch; None for a trial that failed."""
    history: Sequence[float] = ()
    """The objective by epoch, from epoch 0."""
    beside: Mapping[str, float] = field(default_factory=dict)
    """The further objectives at that epoch, by name, where there are several."""
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Those of them by epoch that are measured after every one."""
