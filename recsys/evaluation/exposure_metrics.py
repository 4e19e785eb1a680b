"""Exposure metrics: what the lists of all users together show of the catalogue.

`ranked` holds item codes, shape (M, V, k) for V users, -1 past the end of a short list; `exposure` holds how many
lists show each item, shape (M, I). Without a single recommended item every value is NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer[Any]]
Counts = npt.NDArray[np.integer[Any]]


def exposure_of(ranked: Codes, items: int) -> Counts:
    """How many lists show each item, shape (M, I)."""
    members = len(ranked)
    shifted = (ranked + 1).reshape(members, -1) + np.arange(members)[:, None] * (items + 1)
    return np.bincount(shifted.ravel(), minlength=members * (items + 1)).reshape(members, items + 1)[:, 1:]


def coverage(exposure: Counts) -> Floats:
    """The share of the catalogue that is in somebody's list, (M,) in 0…1, higher is better (Ge et al. 2010)."""
    return _where_shown((exposure > 0).mean(axis=-1), exposure)


def gini(exposure: Counts) -> Floats:
    """How unequally the lists show the items, (M,) in 0…1, lower is better; 1: the same single item for everyone.

    G = 1/(I - 1) Σ_j (2j - I - 1) p(j), with p(j) the share of all recommendations that go to item j, the items in
    order of rising share (Shani & Gunawardana 2011). A catalogue of one item has 0.
    """
    items = exposure.shape[-1]
    shares = np.sort(exposure, axis=-1) / np.maximum(exposure.sum(axis=-1, keepdims=True), 1)
    ranks = 2 * np.arange(1, items + 1) - items - 1
    return _where_shown(shares @ ranks / max(items - 1, 1), exposure)


def novelty(ranked: Codes, popularity: Counts, users: int) -> Floats:
    """Mean self-information of each list, (M, V) in bits, higher is better: the mean of log₂(U / n(i)) over its items.

    n(i) is the number of training ratings of item i, `popularity`, shape (I,); an item without one counts as rated
    once, which is as novel as this measure can tell (Zhou et al. 2010; Vargas & Castells 2011). An empty list has NaN.
    """
    bits = np.append(np.log2(users / np.maximum(popularity, 1)), 0.0)  # the last one answers to code -1
    length = (ranked >= 0).sum(axis=-1)
    return np.where(length > 0, bits[ranked].sum(axis=-1) / np.maximum(length, 1), np.nan)


def _where_shown(values: npt.NDArray[Any], exposure: Counts) -> Floats:
    return np.where(exposure.any(axis=-1), values, np.nan)
