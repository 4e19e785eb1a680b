"""The progress of a member: its history, its best epoch and its end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from recsys.evaluation.metrics.metric import Metric
from recsys.training.trial import Snapshot, Trial, TrialState


@dataclass
class MemberProgress:
    """The progress of one member through the epochs.

    It ends at its last epoch, after `patience` epochs without improvement, at a value that is not finite, or when the
    study ends it.
    """

    trial: Trial
    metric: Metric
    patience: int
    history: dict[str, list[float]] = field(default_factory=dict)
    best_epoch: int = -1
    state: TrialState | None = None
    """The state in which the member ended; None in training."""
    reason: str = ""

    @classmethod
    def of(cls, trial: Trial, metric: Metric, patience: int, snapshot: Snapshot | None) -> MemberProgress:
        """Return the progress of a member at its start, or at its snapshot."""
        progress = cls(trial, metric, patience)
        if snapshot is not None:
            progress.history = {name: list(values) for name, values in snapshot.history.items()}
            progress.best_epoch = snapshot.best_epoch
        return progress

    @property
    def epoch(self) -> int:
        """The number of epochs trained so far."""
        return len(self.history.get("train_loss", ()))

    def take(self, values: Mapping[str, float]) -> bool:
        """Add the values of an epoch to the history.

        Args:
            values: The training loss, and the validation metrics if there are any, by name.

        Returns:
            Whether the epoch is the best so far. Without validation, the last epoch is the best.
        """
        for name, value in values.items():
            self.history.setdefault(name, []).append(value)
        objective = values.get(self.metric.name)
        if not all(math.isfinite(value) for value in (objective or 0.0, values["train_loss"])):
            self.state, self.reason = TrialState.FAILED, f"diverged in epoch {self.epoch}: not a finite number"
            return False
        best = objective is None or self.best_epoch < 0 or self.metric.is_better(objective, self._best)
        if best:
            self.best_epoch = self.epoch - 1
        elif self.patience and self.epoch - 1 - self.best_epoch >= self.patience:
            self.state = TrialState.COMPLETE
        if self.epoch >= self.trial.last_epoch:
            self.state = TrialState.COMPLETE
        return best

    @property
    def _best(self) -> float:
        return self.history[self.metric.name][self.best_epoch]

    def end(self, state: TrialState) -> None:
        """End the member at its present epoch: pruned, or complete with its best epoch so far.

        A member that is already complete does not become a cut trial.
        """
        if self.state is not TrialState.COMPLETE or state is not TrialState.COMPLETE:
            how = "pruned" if state is TrialState.PRUNED else "cut"
            self.state, self.reason = state, f"{how} after epoch {self.epoch}"
