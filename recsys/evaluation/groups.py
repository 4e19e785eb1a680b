"""A metric by group: by quantiles of users' activity or of items' popularity, or by any division of the users."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, Float64Array, Int64Array, IntArray
from recsys.evaluation.significance import bootstrap_interval


@dataclass(frozen=True)
class QuantileGroup:
    """Users or items with similar numbers of training ratings, and the metric over their held-out ratings."""

    low: int
    high: int
    """The smallest and the largest number of training ratings in the group."""
    members: int
    """The number of users or items in the group."""
    ratings: int
    """The number of held-out ratings that the value covers."""
    value: float
    """The metric; NaN without held-out ratings."""


@dataclass(frozen=True)
class CaseGroup:
    """The metric over some users, or over some cases of a part."""

    name: str
    cases: int
    """The number of lists, or of held-out ratings, that the value covers."""
    users: int
    value: float
    low: float
    high: float
    """The 95 % interval of the value; NaN for the cases of one user."""


def case_groups(
    masks: Sequence[tuple[str, BoolArray]], values: Float64Array, users: IntArray, *, root: bool = False
) -> list[CaseGroup]:
    """Return the metric of each group that has a case.

    Args:
        masks: The name of each group, and which cases are in it (N,).
        values: The value or the loss of each case (N,).
        users: The user of each case (N,).
        root: The metric is the root of the mean loss (RMSE).
    """
    found = []
    for name, inside in masks:
        if inside.any():
            own, mean = users[inside], float(values[inside].mean())
            low, high = bootstrap_interval(values[inside], own, root=root) or (np.nan, np.nan)
            value = math.sqrt(mean) if root else mean
            found.append(CaseGroup(name, int(inside.sum()), len(np.unique(own)), value, low, high))
    return found


def quantile_groups(counts: IntArray, groups: int) -> Int64Array:
    """The group of each user or item, (n,): 0 without a training rating, then 1…groups by rising count.

    Equal counts share a group, so groups differ in size and can be empty.
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
    """The metric of each non-empty group, from the fewest training ratings to the most.

    Args:
        losses: The loss of each held-out rating, (N,).
        codes: The user or the item of each held-out rating, (N,), in 0…n - 1.
        counts: The number of training ratings of each user or item, (n,).
        groups: The number of quantile groups; users or items without a training rating form one more.
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
