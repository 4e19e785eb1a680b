"""Turns: cohorts that end in any order are told to the study in the order of asking."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from recsys.training.trial import Result, Trial


class Turns:
    """Holds what a cohort came to until those before it have ended.

    Args:
        in_order: Whether it does; otherwise every cohort has its turn at once.
    """

    def __init__(self, *, in_order: bool) -> None:
        self.in_order = in_order
        self._line: deque[int] = deque()
        self._ended: dict[int, Sequence[Result]] = {}

    def enter(self, cohort: Sequence[Trial]) -> None:
        """Have a cohort stand in line."""
        self._line.append(cohort[0].number)

    def end(self, results: Sequence[Result]) -> list[Sequence[Result]]:
        """Take what a cohort came to; gives what is to be told now, a cohort each."""
        if not self.in_order:
            return [results]
        self._ended[results[0].trial.number] = results
        finished = []
        while self._line and self._line[0] in self._ended:
            finished.append(self._ended.pop(self._line.popleft()))
        return finished
