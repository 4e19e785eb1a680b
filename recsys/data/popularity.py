"""How unequally the ratings or events go to the items."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Float64Array, IntArray


def gini(counts: IntArray) -> Float64Array:
    """Gini's coefficient of counts by item (…, I), shape (…): 0 where all are equal, 1 where one item has them all.

    G = 1/(I - 1) Σ_j (2j - I - 1) p(j), with p(j) the share of item j, the items in order of rising share (Shani &
    Gunawardana 2011). A catalogue of one item has 0.
    """
    items = counts.shape[-1]
    shares = np.sort(counts, axis=-1) / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    ranks = 2 * np.arange(1, items + 1) - items - 1
    return np.asarray(shares @ ranks / max(items - 1, 1))


def share_of_top(counts: IntArray, part: float) -> float:
    """The share that goes to the most popular `part` of the items, rounded up to whole items."""
    top = np.sort(counts)[::-1][: int(np.ceil(part * len(counts)))]
    return float(top.sum() / max(counts.sum(), 1))
