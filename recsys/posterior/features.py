"""Features of users and items from the training part: who rated what, and when."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.arrays import AnyArray, IntArray

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


PERIODS = 50
"""Periods of time with about equally many ratings each."""


def time_features(own: IntArray, times: AnyArray, count: int) -> Any:
    """Features of users, a sparse table (U, at most `PERIODS`), or of items: how much of theirs fell into each period.

    Rows have length 1. The time of a rating to be predicted has no part in them: whoever is asked what somebody will
    like has no such rating yet.

    Args:
        own: The ratings' codes of those who get the features, shape (N,). Training ratings only.
        times: When each was given, shape (N,).
        count: How many get features.
    """
    import scipy.sparse

    ends = np.unique(np.quantile(times, np.linspace(0, 1, PERIODS + 1)[1:-1]))
    periods = np.searchsorted(ends, times, side="right")
    ratings = scipy.sparse.coo_matrix((np.ones(len(own)), (own, periods)), shape=(count, len(ends) + 1))
    table: Any = ratings.tocsr()
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return scipy.sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ table
