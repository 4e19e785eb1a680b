"""Similarities of items to their nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array, vstack

from recsys.arrays import IntArray

_AT_ONCE = 20_000_000
"""Similarities in memory at once, if all were non-zero."""
_ALIKE = 6
"""The decimals to which two similarities count as equal."""


def item_neighbours(owned: csr_array, neighbours: int, shrinkage: float) -> csr_array:
    """Return weights (I, I + 1), with a spare column of zeros: column i has the similarities of i to its neighbours.

    The similarity of items i and j is n_ij / (√(n_i n_j) + shrinkage), the cosine (Deshpande and Karypis 2004) with
    shrinkage (Bell and Koren 2007): n_i is Σ_u x_ui², and n_ij is Σ_u x_ui x_uj.

    Args:
        owned: The weights x of users' items (U, I).
        neighbours: The number of most similar items that an item keeps, plus all ties with the last of them.
        shrinkage: The number that discounts similarities of few users.
    """
    spare = csr_array((1, owned.shape[1]), dtype=np.float32)
    return vstack([*_similarities(owned, neighbours, shrinkage), spare]).T.tocsr()


def _similarities(owned: csr_array, neighbours: int, shrinkage: float) -> Iterator[csr_array]:
    """The similarities of some items at a time to their neighbours, (some, I)."""
    owners, items = owned.T.tocsr(), owned.shape[1]
    norms = np.sqrt((owned * owned).sum(axis=0))
    step = max(1, _AT_ONCE // items)
    for begin in range(0, items, step):
        together, own = owners[begin : begin + step] @ owned, norms[begin : begin + step]
        rows, columns = np.repeat(np.arange(len(own)), np.diff(together.indptr)), together.indices
        together.data = together.data / (own[rows] * norms[columns] + shrinkage)
        together.data[columns == rows + begin] = 0
        yield _nearest(together, rows, neighbours)


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
