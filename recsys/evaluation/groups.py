"""A metric by group of users (by activity) or of items (by popularity): where a model is good, and where it is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array, Int64Array, IntArray


@dataclass(frozen=True)
class QuantileGroup:
    """Users or items with a similar number of training ratings, and the metric over what was held out of them."""

    low: int
    high: int
    """The fewest and the most training ratings of one of them."""
    members: int
    """How many users or items are in the group."""
    ratings: int
    """How many held-out ratings the value is over."""
    value: float
    """NaN without held-out ratings."""


def quantile_groups(counts: IntArray, groups: int) -> Int64Array:
    """The group of each user or item, (n,): 0 for those without a training rating, then 1…groups by rising count.

    Equal counts share a group, so that groups may differ in size, and some may be empty.
    """
    counted = counts[counts > 0]
    if len(counted) == 0:
        return np.zeros(len(counts), np.int64)
    borders = np.quantile(counted, np.arange(1, groups) / groups)
    return np.where(counts > 0, 1 + np.searchsorted(borders, counts, side="left"), 0)


def metric_by_group(
    losses: Float64Array,
    codes: IntArray,
    counts: IntArray,
    *,
    groups: int = 4,
    root: bool = False,
) -> list[QuantileGroup]:
    """The metric by group, from the fewest training ratings to the most; empty groups are left out.

    Args:
        losses: The loss of each held-out rating, (N,).
        codes: The user or the item of each, (N,), in 0…n - 1.
        counts: The number of training ratings of each user or item, (n,).
        groups: How many quantile groups; those without a training rating make one more.
        root: The metric is the root of the mean loss (RMSE).
    """
    group_of = quantile_groups(counts, groups)
    of_rating = group_of[codes]
    sums = np.bincount(of_rating, weights=losses, minlength=groups + 1)
    ratings = np.bincount(of_rating, minlength=groups + 1)
    means = np.where(ratings > 0, sums / np.maximum(ratings, 1), np.nan)
    values = np.sqrt(means) if root else means
    return [
        _group(counts[group_of == g], int(ratings[g]), float(values[g])) for g in range(groups + 1) if g in group_of
    ]


def _group(counts: IntArray, ratings: int, value: float) -> QuantileGroup:
    return QuantileGroup(int(counts.min()), int(counts.max()), len(counts), ratings, value)
