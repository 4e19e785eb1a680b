"""Trials and their results, which study, training and tracking share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from recsys.arrays import Float32Array
from recsys.spaces.parameter import Point as Point  # noqa: PLC0414 - modules that import trials also import points

Whole = Callable[[Point], Point]
"""Maps the parameters of a space to a point of the model."""
Weights = Mapping[str, Float32Array]
"""The arrays of one member's model, by their path in the model of this member alone."""


TRAIN = "train_"
"""The prefix of the histories of training, such as `train_loss`. All other histories are validation metrics."""


class TrialState(StrEnum):
    """The state in which a trial ended."""

    COMPLETE = "COMPLETE"
    PRUNED = "PRUNED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Trial:
    """One point of the space, to be trained from epoch `first_epoch` up to, not including, `last_epoch`.

    `first_epoch` is above 0 only if a study (Hyperband, Li et al. 2018) continues a trial that it has paused. The
    number, the point and the seed are then those of the paused trial.
    """

    number: int
    point: Point
    seed: int
    last_epoch: int
    first_epoch: int = 0


def trial_seed(study_seed: int, number: int) -> int:
    """Return the seed of a trial's initial weights and dropout.

    Args:
        study_seed: The seed of the study.
        number: The number of the trial.
    """
    return int(np.random.SeedSequence([study_seed, number]).generate_state(1)[0] >> 1)


@dataclass(frozen=True)
class Snapshot:
    """The state of a trial's training, from which it can continue as if it had never paused."""

    epoch: int
    """The number of epochs trained so far."""
    arrays: Mapping[str, Weights]
    """Present weights, best weights and optimizer slots, by name."""
    history: Mapping[str, list[float]]
    best_epoch: int


@dataclass(frozen=True)
class Result:
    """The result of a trial's training.

    Epochs count from 0. `history` has one list for each metric, with one value for each epoch.
    """

    trial: Trial
    state: TrialState
    history: Mapping[str, list[float]]
    """From epoch 0 on: `train_loss`, the solver's other values (`train_…`), and every validation metric (`rmse`, `mae`,
    …)."""
    best_epoch: int
    values: Mapping[str, float]
    """The validation metrics at the best epoch; empty for a trial that failed in its first epoch."""
    weights: Weights = field(repr=False)
    """The weights at the best epoch."""
    seconds: float
    """The trial's share of its cohort's training time, in seconds."""
    reason: str = ""
    """The reason why the trial was pruned, failed, or was cut."""
    snapshot: Snapshot | None = field(default=None, repr=False)
    """The snapshot, if the study may continue the trial (Hyperband)."""

    @property
    def cut(self) -> bool:
        """Whether the end of the sweep stopped the trial, which keeps its best epoch so far."""
        return self.state is TrialState.COMPLETE and bool(self.reason)


@dataclass(frozen=True)
class FinishedTrial:
    """A trial with its outcome, as the study receives it.

    It comes from memory or, after a resume, from the tracking store.
    """

    state: TrialState
    value: float | None
    """The objective at the best epoch; None for a trial that failed."""
    history: Sequence[float] = ()
    """The objective by epoch, from epoch 0."""
    beside: Mapping[str, float] = field(default_factory=dict)
    """The further objectives at that epoch, by name, if there are several."""
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """By name and epoch, the further objectives that are measured after every epoch."""
