"""A metric's name and direction, and which of two values, or of two vectors of values, is better."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

Direction = Literal["minimize", "maximize"]
Family = Literal["rating", "ranking", "exposure", "cost"]
M = TypeVar("M", bound="Metric")


@dataclass(frozen=True)
class Metric:
    """A metric's name, which is also its name in experiment files and in MLflow, and its direction."""

    name: str
    direction: Direction
    family: Family
    root: bool = field(default=False, kw_only=True)
    """Whether the metric is the root of the mean of its losses, as RMSE is."""
    of_all_lists: bool = field(default=False, kw_only=True)
    """Whether the metric describes all users' lists together. No single user has a value, so no test by user exists."""

    def is_better(self, a: float, b: float) -> bool:
        """Whether `a` is strictly better than `b`; any number is better than NaN."""
        if math.isnan(a) or math.isnan(b):
            return math.isnan(b) and not math.isnan(a)
        return a < b if self.direction == "minimize" else a > b

    def best_index(self, values: Sequence[float]) -> int | None:
        """The position of the best value, the first of equals; None if every value is NaN."""
        best: int | None = None
        for position, value in enumerate(values):
            if self.is_better(value, math.nan if best is None else values[best]):
                best = position
        return best

    def sort_key(self, value: float) -> float:
        """A key that sorts values from best to worst, NaN last."""
        return sort_key(value, self.direction)


def sort_key(value: float, direction: str) -> float:
    """A key that sorts values of a metric with this direction from best to worst, NaN last."""
    if math.isnan(value):
        return math.inf
    return value if direction == "minimize" else -value


def by_name(*metrics: M) -> Mapping[str, M]:
    """The metrics, keyed by name."""
    return {metric.name: metric for metric in metrics}


def dominates(one: Sequence[float], other: Sequence[float], directions: Sequence[Direction]) -> bool:
    """Whether `one` is at least as good as `other` in every objective and better in one; NaN is the worst value."""
    keys = [
        (sort_key(a, direction), sort_key(b, direction)) for a, b, direction in zip(one, other, directions, strict=True)
    ]
    return all(a <= b for a, b in keys) and any(a < b for a, b in keys)


def pareto_front(values: Sequence[Sequence[float]], directions: Sequence[Direction]) -> list[int]:
    """The positions of the values that no other dominates (Pareto 1906), in their order; equal values stay together."""
    return [
        place for place, value in enumerate(values) if not any(dominates(other, value, directions) for other in values)
    ]
