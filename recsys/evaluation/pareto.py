"""Several objectives: which of two is better in all of them, and what nothing is better than (Pareto 1906)."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.evaluation.metrics.metric import Direction, sort_key


def dominates(one: Sequence[float], other: Sequence[float], directions: Sequence[Direction]) -> bool:
    """Whether `one` is as good as `other` in every objective, and better in one; what is no number is the worst."""
    keys = [
        (sort_key(a, direction), sort_key(b, direction)) for a, b, direction in zip(one, other, directions, strict=True)
    ]
    return all(a <= b for a, b in keys) and any(a < b for a, b in keys)


def pareto_front(values: Sequence[Sequence[float]], directions: Sequence[Direction]) -> list[int]:
    """The places of those that no other dominates, in their order; equals are on it together."""
    return [
        place for place, value in enumerate(values) if not any(dominates(other, value, directions) for other in values)
    ]
