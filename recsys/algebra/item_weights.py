"""Item weights of EASE in closed form (Steck 2019)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from recsys.arrays import Float32Array, Float64Array
from recsys.errors import RecsysError

FEWER_USERS = 0.4
"""The ratio of users to items below which factors of rank U take less time and memory than a matrix of all items."""
_BLOCK = 64
"""Rows that are copied at once."""


class LowRankWeights(NamedTuple):
    """Item weights B = left right + diag(own) of rank A, the number of users with an item."""

    left: Float64Array
    """(I, A)."""
    right: Float64Array
    """(A, I + 1), with a spare column of zeros."""
    own: Float64Array
    """What makes the diagonal 0, (I,)."""


def item_weights(owned: Any, l2: float) -> Float32Array:
    """Return B (I, I + 1), with a spare column of zeros, which minimises ‖X - X B‖² + l2 ‖B‖² with a zero diagonal.

    B = I - P / diag(P) by columns, P = (XᵀX + l2 · I)⁻¹. It inverts a matrix of items by items, or factorises one of
    users by users if there are far fewer users.

    Args:
        owned: The weights X of users' items, a sparse matrix (U, I).
        l2: The penalty.

    Raises:
        RecsysError: The matrix has no inverse.
    """
    weights = np.zeros((owned.shape[1], owned.shape[1] + 1), np.float32)
    columns = weights[:, :-1]
    if (found := low_rank_weights(owned, l2)) is not None:
        np.matmul(found.left, found.right[:, :-1], out=columns, casting="same_kind")
    else:
        inverse = _inverse(_gram(owned.T), l2)
        np.divide(inverse, -np.diag(inverse), out=columns, casting="same_kind")
    np.fill_diagonal(weights, 0)
    return weights


def low_rank_weights(owned: Any, l2: float) -> LowRankWeights | None:
    """Return the same B as a product; None if there are too many users for it to be less work.

    By Woodbury's identity l2 · P = I - HᵀH with H = R⁻ᵀ X and X Xᵀ + l2 · I = RᵀR, so that by columns
    B = (HᵀH - diag(q)) / (1 - q), with q the diagonal of HᵀH.

    Args:
        owned: See `item_weights`.
        l2: See `item_weights`.
    """
    from recsys.algebra.lapack import invert_upper

    active = np.flatnonzero(np.diff(owned.indptr))
    if not l2 or len(active) >= owned.shape[1] * FEWER_USERS:
        return None
    histories = owned[active].astype(np.float64)
    factor = _factorised(_gram(histories), l2)
    invert_upper(factor)
    half = histories.T @ np.triu(factor)  # Hᵀ, (I, A)
    q = np.einsum("ia,ia->i", half, half)
    right = np.zeros((len(half) + 1, len(active)))
    np.divide(half, (1 - q)[:, None], out=right[:-1])
    return LowRankWeights(half, right.T, q / (q - 1))


def _gram(rows: Any) -> Float64Array:
    """The products of sparse rows with each other, in C order."""
    rows = rows.tocsr().astype(np.float64)
    return np.ascontiguousarray((rows @ rows.T).toarray())


def _inverse(gram: Float64Array, l2: float) -> Float64Array:
    """(gram + l2 · I)⁻¹ in the memory of the gram matrix (I, I), by Cholesky's factors."""
    from recsys.algebra.lapack import invert_factorised

    inverse = _factorised(gram, l2)
    invert_factorised(inverse)
    for first in range(0, len(inverse), _BLOCK):  # block by block the other half takes no memory
        block, others = slice(first, first + _BLOCK), slice(first + _BLOCK, None)
        inverse[others, block] = inverse[block, others].T
        inverse[block, block] = np.triu(inverse[block, block]) + np.triu(inverse[block, block], 1).T
    return inverse


def _factorised(gram: Float64Array, l2: float) -> Float64Array:
    """R with RᵀR = gram + l2 · I in the upper half of the memory of the gram matrix."""
    from recsys.algebra.lapack import factorise

    np.fill_diagonal(gram, np.diag(gram) + l2)
    if not factorise(gram):
        raise RecsysError(f"EASE with l2 = {l2:g}: the items' matrix has no inverse; give it more l2")
    return gram
