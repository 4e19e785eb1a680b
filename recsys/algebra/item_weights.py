"""Item weights of EASE in closed form (Steck 2019)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack, solve_triangular

from recsys.arrays import Float32Array, Float64Array
from recsys.errors import RecsysError

_FEWER_USERS = 0.4
"""The ratio of users to items below which inverting a matrix of users by users is cheaper: U² I + U I²
multiplications instead of I³."""


def item_weights(owned: Any, l2: float) -> Float32Array:
    """Return B (I, I + 1), with a spare column of zeros, which minimises ‖X - X B‖² + l2 ‖B‖² with a zero diagonal.

    B = I - P / diag(P) by columns, P = (XᵀX + l2 · I)⁻¹. It inverts a matrix of items by items, or of users by users if
    there are far fewer users.

    Args:
        owned: The weights X of users' items, a sparse matrix (U, I).
        l2: The penalty.

    Raises:
        RecsysError: The matrix has no inverse.
    """
    items = owned.shape[1]
    active = np.flatnonzero(np.diff(owned.indptr))
    weights = np.zeros((items, items + 1), np.float32)
    columns = weights[:, :items]
    if l2 > 0 and len(active) < items * _FEWER_USERS:
        shared = _shared(owned[active].toarray().astype(np.float64), l2)
        np.divide(shared, 1 - np.diag(shared), out=columns, casting="same_kind")
    else:
        inverse = _inverse((owned.T @ owned).toarray().astype(np.float64), l2)
        np.divide(inverse, -np.diag(inverse), out=columns, casting="same_kind")
    np.fill_diagonal(weights, 0)
    return weights


def _inverse(gram: Float64Array, l2: float) -> Float64Array:
    """(gram + l2 · I)⁻¹ in the memory of the gram matrix (I, I), by Cholesky's factors."""
    np.fill_diagonal(gram, np.diag(gram) + l2)
    factor, fault = lapack.dpotrf(gram.T, lower=1, overwrite_a=1)  # a transposed view is in LAPACK's own order
    if fault:
        raise RecsysError(f"EASE with l2 = {l2:g}: the items' matrix has no inverse; give it more l2")
    inverse: Float64Array = lapack.dpotri(factor, lower=1, overwrite_c=1)[0]
    for place in range(len(inverse) - 1):  # LAPACK fills one half; row by row the other takes no memory
        inverse[place, place + 1 :] = inverse[place + 1 :, place]
    return inverse


def _shared(owned: Float64Array, l2: float) -> Float64Array:
    """Xᵀ (X Xᵀ + l2 · I)⁻¹ X of histories X (U, I), which is I - l2 · P by Woodbury's identity: (I, I)."""
    gram = owned @ owned.T
    np.fill_diagonal(gram, np.diag(gram) + l2)
    half = solve_triangular(np.linalg.cholesky(gram), owned, lower=True)
    return np.asarray(half.T @ half)
