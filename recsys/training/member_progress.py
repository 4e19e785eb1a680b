"""A member's progress: its history, its best epoch, and when it has had enough."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from recsys.evaluation.metrics.metric import Metric
from recsys.training.trial import Snapshot, Trial, TrialState


@dataclass
class MemberProgress:
    """One member's way through the epochs."""

    trial: Trial
    metric: Metric
    patience: int
    history: dict[str, list[float]] = field(default_factory=dict)
    best_epoch: int = -1
    state: TrialState | None = None
    """None while it trains."""
    reason: str = ""

    @classmethod
    def of(cls, trial: Trial, metric: Metric, patience: int, snapshot: Snapshot | None) -> MemberProgress:
        """A member at its start, or where its snapshot left it."""
        progress = cls(trial, metric, patience)
        if snapshot is not None:
            progress.history = {name: list(values) for name, values in snapshot.history.items()}
            progress.best_epoch = snapshot.best_epoch
        return progress

    @property
    def epoch(self) -> int:
        """Epochs trained so far."""
        return len(self.history.get("train_loss", ()))

    def take(self, values: Mapping[str, float]) -> bool:
        """Take the values of an epoch; whether it is the best so far (without validation, the last is the best)."""
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
        """Stop here: pruned, or complete with the best so far. One that is complete by itself is not cut."""
        if self.state is not TrialState.COMPLETE or state is not TrialState.COMPLETE:
            how = "pruned" if state is TrialState.PRUNED else "cut"
            self.state, self.reason = state, f"{how} after epoch {self.epoch}"
