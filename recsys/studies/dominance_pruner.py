"""Multi-objective pruning: stop a trial whose whole curve another trial dominates."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.evaluation.metrics.metric import Direction, dominates

WARM_UP = 2
"""Initial epochs that are ignored: untrained lists are random, and so cover much of the catalogue."""

Values = Sequence[float]


class DominancePruner:
    """Stops a trial if one complete trial dominates its curve at every epoch.

    A complete trial with fewer epochs counts with its last values. Running trials are not compared with each other, so
    the result depends only on the trials that the study was told.

    Args:
        directions: The directions of the objectives, all of which are evaluated after every epoch.
    """

    def __init__(self, directions: Sequence[Direction]) -> None:
        self.directions = directions
        self._open: dict[int, list[Values]] = {}
        self._complete: list[list[Values]] = []

    def keeps_going(self, number: int, epoch: int, values: Values) -> bool:
        """Take the objectives of a trial after `epoch`, and return whether it continues.

        A trial whose cohort was lost reports its first epoch again, which discards its curve.
        """
        curve = self._open.setdefault(number, [])
        curve[epoch:] = [values]
        return len(curve) <= WARM_UP or not any(self._below(curve, other) for other in self._complete)

    def end(self, number: int, *, complete: bool) -> None:
        """Take the end of a trial; later trials are compared with it if it is complete."""
        curve = self._open.pop(number, [])
        if complete and len(curve) > WARM_UP:
            self._complete.append(curve)

    def _below(self, curve: list[Values], other: list[Values]) -> bool:
        return all(
            dominates(other[min(epoch, len(other) - 1)], curve[epoch], self.directions)
            for epoch in range(WARM_UP, len(curve))
        )
