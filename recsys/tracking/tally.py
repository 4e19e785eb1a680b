"""Counts of trials by state and the best trial, updated with each record."""

from __future__ import annotations

from collections import Counter

from recsys.tracking.tracker import Recorded, best_of
from recsys.training.trial import TrialState


class Tally:
    """Counts trials by state and keeps the best one.

    Args:
        direction: Whether the objective is minimised or maximised.
    """

    def __init__(self, direction: str) -> None:
        self._direction = direction
        self._states: Counter[TrialState] = Counter()
        self._best: list[Recorded] = []

    @property
    def done(self) -> int:
        """How many trials have ended, in any state."""
        return self._states.total()

    def would_be_best(self, record: Recorded) -> bool:
        """Whether the record would be the best one."""
        return best_of([*self._others(record), record], self._direction)[:1] == [record]

    def take(self, record: Recorded, instead_of: Recorded | None = None) -> None:
        """Count a record; `instead_of` is the earlier record of the same trial, which no longer counts."""
        if instead_of is not None and instead_of.finished:
            self._states[instead_of.finished.state] -= 1
        if record.finished:
            self._states[record.finished.state] += 1
        self._best = best_of([*self._others(record), record], self._direction)[:1]

    def values(self) -> dict[str, float]:
        """The counts by state, and `best_so_far` if a trial has a value."""
        values = {state.lower(): float(self._states[state]) for state in TrialState}
        if self._best and (finished := self._best[0].finished) and finished.value is not None:
            values["best_so_far"] = finished.value
        return values

    def _others(self, record: Recorded) -> list[Recorded]:
        # a trial that a study went on with is never worse than it was: its best epoch still counts
        return [best for best in self._best if best.number != record.number]
