"""Pruning with several objectives: a trial ends once another was better in all of them all the way."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.evaluation.metrics.metric import Direction, dominates

WARM_UP = 2
"""Epochs that are not looked at: at first every list is a list of chance, which covers much of a catalogue."""

Values = Sequence[float]


class DominancePruner:
    """Ends trials whose whole curve is dominated, at the same epochs, by that of one complete trial.

    One that has ended sooner counts on with its last values. What is under way is compared with nothing that is under
    way, so that it is a function of what the study was told.

    Args:
        directions: Of the objectives, all of which are measured after every epoch.
    """

    def __init__(self, directions: Sequence[Direction]) -> None:
        self.directions = directions
        self._open: dict[int, list[Values]] = {}
        self._complete: list[list[Values]] = []

    def keeps_going(self, number: int, epoch: int, values: Values) -> bool:
        """Take the objectives of a trial after `epoch`; one whose cohort was lost begins again at its first."""
        curve = self._open.setdefault(number, [])
        curve[epoch:] = [values]
        return len(curve) <= WARM_UP or not any(self._below(curve, other) for other in self._complete)

    def end(self, number: int, *, complete: bool) -> None:
        """A trial has ended; others are compared with it if it is complete."""
        curve = self._open.pop(number, [])
        if complete and len(curve) > WARM_UP:
            self._complete.append(curve)

    def _below(self, curve: list[Values], other: list[Values]) -> bool:
        return all(
            dominates(other[min(epoch, len(other) - 1)], curve[epoch], self.directions)
            for epoch in range(WARM_UP, len(curve))
        )
