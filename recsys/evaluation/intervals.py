"""Prediction intervals: whether they cover as many held-out ratings as they claim.

A rating in stars stands for its cell: all numbers that round to it, up to the middle between neighbouring stars, and
without bound at the ends of the scale. A central interval covers the share of the cell's probability, under the model,
that lies inside the interval: all, none, or a part. Intervals of level 90 % from the right distribution therefore
cover 90 % on average, however coarse the stars are (the nonrandomised histogram of Czado et al. 2009). A rating on a
continuous scale is either covered or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Float64Array, IntArray
from recsys.data.ratings import Ratings

INTERVAL_LEVEL = 0.9
"""The level of served intervals."""
CURVE_LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""The levels of the reliability curve."""
COVERAGE = "interval_coverage"
"""The metric of ratings that 90 % intervals cover; `coverage` is that of the catalogue."""
_AT_ONCE = 16384


@runtime_checkable
class HasUncertainty(Protocol):
    """A predictor that has a predictive distribution for every rating."""

    @property
    def draws(self) -> int:
        """The number of posterior draws behind its distributions; 0 if it has no distribution."""
        ...

    def cells(self, users: AnyArray, items: AnyArray, values: AnyArray) -> tuple[AnyArray, AnyArray]:
        """The probabilities of a rating below the start and the end of each value's cell, (B,) each, for codes (B,)."""
        ...


def covered_share(lower: Any, upper: Any, level: float, by: Any) -> Any:
    """The share of each rating's cell that a central interval covers, (B,) in 0…1.

    Args:
        lower: The probability of a rating below the cell's start, (B,).
        upper: The probability of a rating below the cell's end, (B,).
        level: The probability of the interval.
        by: The module that computes: NumPy, or TensorFlow in a compiled graph.
    """
    low, high = (1 - level) / 2, (1 + level) / 2
    inside = by.minimum(by.maximum(upper, low), high) - by.minimum(by.maximum(lower, low), high)
    width = upper - lower
    point = by.where((lower >= low) & (lower <= high), by.ones_like(lower), by.zeros_like(lower))
    return by.where(width > 0, inside / by.where(width > 0, width, by.ones_like(width)), point)


@dataclass(frozen=True, eq=False)
class Reliability:
    """The cumulative probabilities of held-out ratings' cells."""

    lower: Float64Array
    """At the start of each cell, (N,)."""
    upper: Float64Array
    """At the end of each cell, (N,)."""
    users: IntArray
    """The user of each, (N,)."""

    def take(self, rows: BoolArray) -> Reliability:
        """The reliability over some of the ratings; `rows` is a mask (N,)."""
        return Reliability(self.lower[rows], self.upper[rows], self.users[rows])

    def observed(self, level: float = INTERVAL_LEVEL) -> float:
        """The share of the ratings that intervals of this level cover."""
        return float(covered_share(self.lower, self.upper, level, np).mean())

    @property
    def curve(self) -> Sequence[tuple[float, float]]:
        """Nominal and observed coverage at every level; equal for calibrated intervals."""
        return [(level, self.observed(level)) for level in CURVE_LEVELS]

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % bootstrap interval, over users, of the coverage at 90 %; None for fewer than two users."""
        from recsys.evaluation.significance import bootstrap_interval

        return bootstrap_interval(covered_share(self.lower, self.upper, INTERVAL_LEVEL, np), self.users)


def reliability_of(predictor: object, held_out: Ratings) -> Reliability | None:
    """The reliability of a predictor's distributions on held-out ratings; None if it has no distributions."""
    if not isinstance(predictor, HasUncertainty) or not predictor.draws or not len(held_out):
        return None
    parts = []
    for start in range(0, len(held_out), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        parts.append(predictor.cells(held_out.users[some], held_out.items[some], held_out.values[some]))
    lower, upper = (np.concatenate([np.asarray(part[side], np.float64) for part in parts]) for side in (0, 1))
    return Reliability(lower, upper, held_out.users)
