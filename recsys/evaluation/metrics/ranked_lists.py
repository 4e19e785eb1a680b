"""What is said of lists: the lists themselves, and a metric of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from recsys.arrays import BoolArray, Float64Array, IntArray
from recsys.evaluation.metrics.metric import Metric


@dataclass(frozen=True, eq=False)
class RankedLists:
    """The lists of k items that M members show to V users."""

    ranked: IntArray
    """Item codes, (M, V, k), -1 past the end of a short list."""
    hits: BoolArray
    """Whether the item at each rank is relevant, (M, V, k)."""
    relevant: IntArray
    """How many relevant items each user has in all, (M, V)."""
    popularity: IntArray
    """How many training ratings each item has, (I,)."""
    users: int
    """U, all users of the catalogue."""

    def first(self, k: int) -> RankedLists:
        """The first k items of each list."""
        return replace(self, ranked=self.ranked[..., :k], hits=self.hits[..., :k])

    @cached_property
    def exposure(self) -> IntArray:
        """How many lists show each item, (M, I)."""
        return exposure_of(self.ranked, len(self.popularity))


@dataclass(frozen=True)
class ListMetric(Metric):
    """A metric of lists."""

    of: Callable[[RankedLists], Float64Array]
    """A value for each list, (M, V), NaN for one that has none; for each member, (M,), where it is of all lists."""


def exposure_of(ranked: IntArray, items: int) -> IntArray:
    """How many lists show each item, shape (M, I)."""
    members = len(ranked)
    shifted = (ranked + 1).reshape(members, -1) + np.arange(members)[:, None] * (items + 1)
    return np.bincount(shifted.ravel(), minlength=members * (items + 1)).reshape(members, items + 1)[:, 1:]
