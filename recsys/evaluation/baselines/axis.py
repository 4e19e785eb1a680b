"""One setting of a baseline that a search moves along."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SearchRange:
    """The values of a setting, placed from 0 to 1."""

    low: float
    high: float
    log: bool = False
    """Whether equal steps multiply."""
    whole: bool = False
    """Whether the values are whole numbers."""
    stricter: Literal["low", "high"] | None = None
    """Which end regularises more; None where neither does."""

    def at(self, place: float) -> float:
        """The value at a place, to two digits, so that a search that returns to a place knows it."""
        value = self.low * (self.high / self.low) ** place if self.log else self.low + (self.high - self.low) * place
        return round(value) if self.whole else float(f"{value:.2g}")

    def position_of(self, value: float) -> float:
        """Where a value is; below 0 or above 1 where it is outside."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def strictness(self, value: float) -> float:
        """How much a value regularises, relative to the others of the axis."""
        signs = {"low": -1.0, "high": 1.0, None: 0.0}
        return signs[self.stricter] * self.position_of(value)
