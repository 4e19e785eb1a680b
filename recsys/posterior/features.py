"""Features of users and items from the training part: who rated what, and when."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.arrays import AnyArray, IntArray

LIMIT = 4096
"""The most users or items that become features, the most-rated ones: the work of a draw grows with their square."""
PERIODS = 50
"""Periods of time, with about equally many ratings each."""


def implicit_features(own: IntArray, other: IntArray, shape: tuple[int, int]) -> Any:
    """Which items each user rated, with any rating, as in SVD++ (Koren 2008); or which users rated each item.

    Args:
        own: The codes of the side that gets the features, one for each training rating, shape (N,).
        other: The codes of the side that becomes features, shape (N,).
        shape: The numbers of codes of both sides.

    Returns:
        A SciPy sparse matrix, shape (shape[0], at most `LIMIT`), whose rows have length 1.
    """
    import scipy.sparse

    counts = np.bincount(other, minlength=shape[1])
    kept = np.sort(np.argsort(-counts, kind="stable")[:LIMIT])
    table: Any = scipy.sparse.csr_matrix((np.ones(len(own)), (own, other)), shape=shape)[:, kept]
    lengths = np.sqrt(np.maximum(table.getnnz(axis=1), 1))
    return scipy.sparse.diags(1 / lengths) @ table


def time_features(own: IntArray, times: AnyArray, count: int) -> Any:
    """The share of each user's ratings, or of each item's, that falls into each period of time.

    The features do not use the time of the rating to be predicted, which is unknown when a model is served.

    Args:
        own: The codes of the side that gets the features, one for each training rating, shape (N,).
        times: When each rating was given, shape (N,).
        count: The number of codes of that side.

    Returns:
        A SciPy sparse matrix, shape (count, at most `PERIODS`), whose rows have length 1.
    """
    import scipy.sparse

    ends = np.unique(np.quantile(times, np.linspace(0, 1, PERIODS + 1)[1:-1]))
    periods = np.searchsorted(ends, times, side="right")
    ratings = scipy.sparse.coo_matrix((np.ones(len(own)), (own, periods)), shape=(count, len(ends) + 1))
    table: Any = ratings.tocsr()
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return scipy.sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ table
