"""Ranked lists as the rows of a sparse matrix."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import IntArray


def lists_as_rows(ranked: IntArray, items: int) -> csr_array:
    """Whether each list has each item, (M V, I), for lists (M, V, k), padded with -1."""
    shown = ranked >= 0
    starts = np.append(0, np.cumsum(shown.sum(axis=-1).ravel()))
    codes = ranked[shown]
    return csr_array((np.ones(len(codes)), codes, starts), shape=(len(starts) - 1, items))
