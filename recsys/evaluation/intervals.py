"""Intervals: whether a model that says how sure it is is as sure as it should be.

A rating in stars is no number on a line: it is all that would be rounded to it, its cell, which reaches to the middle
between neighbouring stars and at the ends of the scale without bound. A central interval covers of a rating the part of
its cell's chance that lies inside, by the model itself: all, none, or some. So a model whose distribution is the right
one covers by 90 % intervals 90 % on average, however coarse the stars are (the nonrandomised histogram of Czado,
Gneiting and Held 2009). Ratings that are not told apart as stars are covered or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Float64Array, IntArray
from recsys.data.ratings import Ratings
from recsys.evaluation.significance import bootstrap_interval

INTERVAL_LEVEL = 0.9
"""Of the intervals that users are given."""
CURVE_LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Of the intervals that are looked at."""
COVERAGE = "interval_coverage"
"""What the share of ratings that 90 % intervals cover is called among values; `coverage` is of catalogues."""
_AT_ONCE = 16384


@runtime_checkable
class HasUncertainty(Protocol):
    """A predictor with a distribution for every rating."""

    @property
    def draws(self) -> int:
        """How many draws its distributions are of; 0 where it has none after all."""
        ...

    def cells(self, users: AnyArray, items: AnyArray, values: AnyArray) -> tuple[AnyArray, AnyArray]:
        """The chance of a rating below each value's cell and of one below its end, (B,) each, for codes (B,)."""
        ...


def covered_share(lower: Any, upper: Any, level: float, by: Any) -> Any:
    """How much of each rating a central interval covers, from 0 to 1.

    Args:
        lower: The chance of a rating below its cell, (B,).
        upper: That of one below the cell's end, (B,).
        level: The chance that the interval has.
        by: NumPy or, in a compiled graph, TensorFlow.
    """
    low, high = (1 - level) / 2, (1 + level) / 2
    inside = by.minimum(by.maximum(upper, low), high) - by.minimum(by.maximum(lower, low), high)
    width = upper - lower
    point = by.where((lower >= low) & (lower <= high), by.ones_like(lower), by.zeros_like(lower))
    return by.where(width > 0, inside / by.where(width > 0, width, by.ones_like(width)), point)


@dataclass(frozen=True, eq=False)
class Reliability:
    """The chances of held-out ratings' cells."""

    lower: Float64Array
    """(N,)."""
    upper: Float64Array
    """(N,)."""
    users: IntArray
    """The user of each, (N,)."""

    def take(self, rows: BoolArray) -> Reliability:
        """Those of some of the ratings."""
        return Reliability(self.lower[rows], self.upper[rows], self.users[rows])

    def observed(self, level: float = INTERVAL_LEVEL) -> float:
        """The share of the ratings that intervals of this level cover."""
        return float(covered_share(self.lower, self.upper, level, np).mean())

    @property
    def curve(self) -> Sequence[tuple[float, float]]:
        """Nominal and observed coverage at every level: equal where the model is as sure as it should be."""
        return [(level, self.observed(level)) for level in CURVE_LEVELS]

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % bootstrap interval of the coverage at 90 %, clustered by user; None for fewer than two users."""
        return bootstrap_interval(covered_share(self.lower, self.upper, INTERVAL_LEVEL, np), self.users)


def reliability_of(predictor: object, held_out: Ratings) -> Reliability | None:
    """How reliable a predictor's distributions are; None where it has none."""
    if not isinstance(predictor, HasUncertainty) or not predictor.draws or not len(held_out):
        return None
    parts = []
    for start in range(0, len(held_out), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        parts.append(predictor.cells(held_out.users[some], held_out.items[some], held_out.values[some]))
    lower, upper = (np.concatenate([np.asarray(part[side], np.float64) for part in parts]) for side in (0, 1))
    return Reliability(lower, upper, held_out.users)
