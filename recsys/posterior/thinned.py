"""Thinned: of draws that keep coming, a bounded number, evenly spread over all there have been."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Draw = TypeVar("Draw")


class ThinnedDraws(Generic[Draw]):
    """Keeps every draw until it is full, then every second, then every fourth.

    What is kept depends on how many draws there have been, never on how many there will be.

    Args:
        limit: How many draws are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.seen = 0
        self._kept: list[Draw] = []
        self._stride = 1

    def add(self, draw: Draw) -> None:
        """Take in the next draw."""
        if self.seen % self._stride == 0:
            if len(self._kept) == self.limit:
                self._kept = self._kept[::2]
                self._stride *= 2
            if self.seen % self._stride == 0:
                self._kept.append(draw)
        self.seen += 1

    def __len__(self) -> int:
        """How many draws are kept."""
        return len(self._kept)

    def __iter__(self) -> Iterator[Draw]:
        """The kept draws, the oldest first."""
        return iter(self._kept)
