"""Implicit features: who has rated what, whatever the ratings, as in SVD++ (Koren 2008)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.arrays import IntArray

LIMIT = 4096
"""Only the most-rated so many others are features: the work of a draw grows with their square."""


def implicit_features(own: IntArray, other: IntArray, shape: tuple[int, int]) -> Any:
    """Features of users, a sparse table (U, at most `LIMIT`), or the other way round of items; rows of length 1.

    Args:
        own: The ratings' codes of those who get the features, shape (N,). Training ratings only.
        other: The ratings' codes of what becomes features, shape (N,).
        shape: How many there are of both.
    """
    import scipy.sparse

    counts = np.bincount(other, minlength=shape[1])
    kept = np.sort(np.argsort(-counts, kind="stable")[:LIMIT])
    table: Any = scipy.sparse.csr_matrix((np.ones(len(own)), (own, other)), shape=shape)[:, kept]
    lengths = np.sqrt(np.maximum(table.getnnz(axis=1), 1))
    return scipy.sparse.diags(1 / lengths) @ table
