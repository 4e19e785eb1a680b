"""Exposure metrics: the part of the catalogue that recommendations show, and how evenly.

`ranked` holds item codes, shape (M, V, k) for M members and V users, padded with -1. `exposure` holds the number of
lists that show each item that they may have, shape (M, I). Without a single recommended item every value is NaN.
"""

from __future__ import annotations

import numpy as np

from recsys.arrays import AnyArray, Float64Array, IntArray
from recsys.data.describe import gini as gini_of
from recsys.evaluation.metrics.metric import by_name
from recsys.evaluation.metrics.ranked_lists import ListMetric


def coverage(exposure: IntArray) -> Float64Array:
    """The share of the catalogue that appears in at least one list, (M,) in 0…1, higher is better (Ge et al. 2010).

    In a part of new items, the catalogue is these items.
    """
    return _where_shown((exposure > 0).mean(axis=-1), exposure)


def gini(exposure: IntArray) -> Float64Array:
    """Gini coefficient of the items' shares of all recommendations, (M,) in 0…1, lower is better.

    At 0 all items have equal shares; at 1 all lists show the same single item (Shani and Gunawardana 2011).
    """
    return _where_shown(gini_of(exposure), exposure)


def novelty(ranked: IntArray, popularity: IntArray, users: int) -> Float64Array:
    """Mean self-information of each list, (M, V) in bits, higher is better: the mean of log₂(U / n(i)) over its items.

    n(i) is the number of training ratings of item i, `popularity`, shape (I,). An item without a rating counts as rated
    once, the largest novelty that is defined (Zhou et al. 2010; Vargas and Castells 2011). An empty list has NaN.
    """
    bits = np.append(np.log2(users / np.maximum(popularity, 1)), 0.0)  # the last entry is that of code -1
    length = (ranked >= 0).sum(axis=-1)
    return np.where(length > 0, bits[ranked].sum(axis=-1) / np.maximum(length, 1), np.nan)


def _where_shown(values: AnyArray, exposure: IntArray) -> Float64Array:
    return np.where(exposure.any(axis=-1), values, np.nan)


EXPOSURE_METRICS = by_name(
    ListMetric("coverage", "maximize", "exposure", lambda lists: coverage(lists.exposure), of_all_lists=True),
    ListMetric("novelty", "maximize", "exposure", lambda lists: novelty(lists.ranked, lists.popularity, lists.users)),
    ListMetric("gini", "minimize", "exposure", lambda lists: gini(lists.exposure), of_all_lists=True),
)
