"""Similarities of items, or of users, to their nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

from recsys.arrays import IntArray

_AT_ONCE = 20_000_000
"""Similarities in memory at once, if all were non-zero."""
_ALIKE = 6
"""The decimals to which two similarities count as equal."""


def item_neighbours(owned: csr_array, neighbours: int, shrinkage: float) -> csr_array:
    """Return weights (I, I + 1), with a spare column of zeros: column i has the similarities of i to its neighbours.

    Args:
        owned: The weights x of users' items (U, I).
        neighbours: See `row_neighbours`.
        shrinkage: See `row_neighbours`.
    """
    items = owned.T.tocsr()
    spare = csr_array((1, owned.shape[1]), dtype=np.float32)
    return vstack([row_neighbours(items, items, neighbours, shrinkage, itself=False), spare]).T.tocsr()


def row_neighbours(
    rows: csr_array, others: csr_array, neighbours: int, shrinkage: float, *, itself: bool = True
) -> csr_array:
    """Return the similarities of rows (R, K) to their nearest neighbours among other rows (S, K): (R, S).

    The similarity of rows i and j is n_ij / (√(n_i n_j) + shrinkage), the cosine with shrinkage (Bell and Koren 2007):
    n_i is Σ_k x_ik², and n_ij is Σ_k x_ik x_jk.

    Args:
        rows: The rows x.
        others: The rows that neighbours are chosen from.
        neighbours: The number of most similar rows that a row keeps, plus all ties with the last of them.
        shrinkage: The number that discounts similarities of rows with little in common.
        itself: Whether the row of the same number is a neighbour like all others, or is none.
    """
    found = list(_similarities(rows, others, neighbours, shrinkage, itself=itself))
    return vstack(found).tocsr() if found else csr_array((0, others.shape[0]), dtype=np.float32)


def _similarities(
    rows: csr_array, others: csr_array, neighbours: int, shrinkage: float, *, itself: bool
) -> Iterator[csr_array]:
    """The similarities of some rows at a time to their neighbours, (some, S)."""
    columns_of_others = others.T.tocsr()
    lengths, of_others = _lengths(rows), _lengths(others)
    step = max(1, _AT_ONCE // max(1, others.shape[0]))
    for begin in range(0, rows.shape[0], step):
        together, own = rows[begin : begin + step] @ columns_of_others, lengths[begin : begin + step]
        places, columns = np.repeat(np.arange(len(own)), np.diff(together.indptr)), together.indices
        together.data = together.data / (own[places] * of_others[columns] + shrinkage)
        if not itself:
            together.data[columns == places + begin] = 0
        yield _nearest(together, places, neighbours)


def _lengths(rows: csr_array) -> Any:
    return np.sqrt((rows * rows).sum(axis=1))


def _nearest(similarities: csr_array, rows: IntArray, neighbours: int) -> csr_array:
    """The similarities of items to their neighbours: (some, I).

    Args:
        similarities: The similarities of the items to all items, 0 to themselves (some, I).
        rows: The row of each of them (N,).
        neighbours: The number of most similar items that an item keeps.
    """
    values, lengths = similarities.data, np.diff(similarities.indptr)
    far = 2.0 * rows - values.round(_ALIKE)  # sorts by row, and within a row by descending similarity
    last = similarities.indptr[:-1] + np.minimum(neighbours, lengths) - 1
    border = np.sort(far)[np.maximum(last, 0)] if len(far) else np.zeros(len(lengths))
    kept = (far <= border[rows]) & (values > 0)
    places = rows[kept], similarities.indices[kept]
    return csr_array((values[kept].astype(np.float32), places), shape=similarities.shape)
