"""The least-squares problem of implicit feedback, where every pair that nobody has chosen counts as a weak zero."""

from __future__ import annotations

from recsys.algebra.normal_equations import Prior
from recsys.arrays import AnyArray, FloatArray


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
