"""The least-squares problem of implicit feedback, where every pair that nobody has chosen counts as a weak zero."""

from __future__ import annotations

import numpy as np

from recsys.algebra.normal_equations import Prior
from recsys.arrays import AnyArray, Float64Array, FloatArray, IntArray


def implicit_prior(
    factors: FloatArray, sums: float | AnyArray, l2: float, unobserved_weight: float, exponent: float = 1.0
) -> Prior:
    """The part of a row's normal equations that is there before its entries (Hu et al. 2008).

    The zeros of all columns enter at once, as a Gram matrix. The penalty grows with what a row adds to the loss
    (Rendle et al. 2022): l2 (n + α₀ columns)^exponent for a row whose entries weigh n.

    Args:
        factors: Of the other side, shape (columns, D).
        sums: n, of one row or of all, shape (rows,).
        l2: The penalty.
        unobserved_weight: α₀, the weight of a zero.
        exponent: With 0 all rows have the same penalty.
    """
    ridge = l2 * (sums + unobserved_weight * len(factors)) ** exponent
    return Prior(unobserved_weight * (factors.T @ factors), ridge=ridge)


def implicit_row(factors: FloatArray, columns: IntArray, weights: FloatArray, prior: Prior) -> Float64Array:
    """The row, shape (D,), of somebody whose entries are in these columns and have these weights, both shape (n,)."""
    chosen, weights = factors[columns], weights[:, None]
    normal = prior.precision + chosen.T @ (weights * chosen) + prior.ridge * np.eye(factors.shape[1])
    return np.asarray(np.linalg.solve(normal, (weights * chosen).sum(axis=0)), np.float64)
