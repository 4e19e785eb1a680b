"""Exposure metrics: what the lists of all users together show of the catalogue.

`ranked` holds item codes, shape (M, V, k) for V users, -1 past the end of a short list; `exposure` holds how many
lists show each item, shape (M, I). Without a single recommended item every value is NaN.
"""

from __future__ import annotations

import numpy as np

from recsys.arrays import AnyArray, Float64Array, IntArray
from recsys.data.popularity import gini as gini_of
from recsys.evaluation.metrics.metric import by_name
from recsys.evaluation.metrics.ranked_lists import ListMetric


def coverage(exposure: IntArray) -> Float64Array:
    """The share of the catalogue that is in somebody's list, (M,) in 0…1, higher is better (Ge et al. 2010)."""
    return _where_shown((exposure > 0).mean(axis=-1), exposure)


def gini(exposure: IntArray) -> Float64Array:
    """How unequally the lists show the items, (M,) in 0…1, lower is better; 1: the same single item for everyone.

    Gini's coefficient of the shares of all recommendations that go to each item (Shani & Gunawardana 2011).
    """
    return _where_shown(gini_of(exposure), exposure)


def novelty(ranked: IntArray, popularity: IntArray, users: int) -> Float64Array:
    """Mean self-information of each list, (M, V) in bits, higher is better: the mean of log₂(U / n(i)) over its items.

    n(i) is the number of training ratings of item i, `popularity`, shape (I,); an item without one counts as rated
    once, which is as novel as this measure can tell (Zhou et al. 2010; Vargas & Castells 2011). An empty list has NaN.
    """
    bits = np.append(np.log2(users / np.maximum(popularity, 1)), 0.0)  # the last one answers to code -1
    length = (ranked >= 0).sum(axis=-1)
    return np.where(length > 0, bits[ranked].sum(axis=-1) / np.maximum(length, 1), np.nan)


def _where_shown(values: AnyArray, exposure: IntArray) -> Float64Array:
    return np.where(exposure.any(axis=-1), values, np.nan)


EXPOSURE_METRICS = by_name(
    ListMetric("coverage", "maximize", "exposure", lambda lists: coverage(lists.exposure), of_all_lists=True),
    ListMetric("novelty", "maximize", "exposure", lambda lists: novelty(lists.ranked, lists.popularity, lists.users)),
    ListMetric("gini", "minimize", "exposure", lambda lists: gini(lists.exposure), of_all_lists=True),
)
