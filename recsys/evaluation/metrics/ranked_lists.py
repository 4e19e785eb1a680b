"""Ranked lists with their hits, and metrics of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from recsys.arrays import BoolArray, Float64Array, IntArray
from recsys.evaluation.metrics.metric import Metric


@dataclass(frozen=True, eq=False)
class RankedLists:
    """The lists of k items that M members recommend to V users."""

    ranked: IntArray
    """Item codes, (M, V, k), padded with -1."""
    hits: BoolArray
    """Whether the item at each rank is relevant, (M, V, k)."""
    relevant: IntArray
    """The number of relevant items of each user, (M, V)."""
    popularity: IntArray
    """The number of training ratings of each item, (I,)."""
    users: int
    """U, the number of users of the catalogue."""
    candidates: BoolArray | None = None
    """Which items a list may have, (I,); None for all."""

    def first(self, k: int) -> RankedLists:
        """The first k items of each list."""
        return replace(self, ranked=self.ranked[..., :k], hits=self.hits[..., :k])

    @cached_property
    def exposure(self) -> IntArray:
        """The number of lists that show each candidate, (M, at most I)."""
        exposure = exposure_of(self.ranked, len(self.popularity))
        return exposure if self.candidates is None else exposure[:, self.candidates]


@dataclass(frozen=True)
class ListMetric(Metric):
    """A metric of ranked lists."""

    of: Callable[[RankedLists], Float64Array]
    """The value of each list, (M, V), NaN if undefined; with `of_all_lists`, the value of each member, (M,)."""


def exposure_of(ranked: IntArray, items: int) -> IntArray:
    """The number of lists that show each item, shape (M, I); `ranked` is (M, V, k), padded with -1."""
    members = len(ranked)
    shifted = (ranked + 1).reshape(members, -1) + np.arange(members)[:, None] * (items + 1)
    return np.bincount(shifted.ravel(), minlength=members * (items + 1)).reshape(members, items + 1)[:, 1:]
