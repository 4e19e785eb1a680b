"""Ridge regression of many targets on the same sparse rows, with an intercept that has no penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import solve_triangular

from recsys.arrays import Float64Array


@dataclass(frozen=True, eq=False)
class Ridge:
    """The part of a ridge regression that all targets share.

    Targets y (N,) on rows X (N, F) have the coefficients A⁻¹ Xcᵀ y, with Xc the rows less their mean, and
    A = XcᵀXc + l2 · I = L Lᵀ. Xc itself, which is dense, is never computed.
    """

    mean: Float64Array
    """The mean of the rows (F,)."""
    lower: Float64Array
    """L (F, F)."""

    @classmethod
    def of(cls, rows: Any, l2: float) -> Ridge:
        """Factorise A.

        Args:
            rows: X (N, F), a sparse array with at least one row.
            l2: The penalty, above 0.
        """
        exact = rows.astype(np.float64)
        mean = np.asarray(exact.mean(axis=0))
        gram = (exact.T @ exact).toarray() - exact.shape[0] * np.outer(mean, mean)
        return cls(mean, np.linalg.cholesky(gram + l2 * np.eye(len(mean))))

    def half(self, columns: Float64Array) -> Float64Array:
        """L⁻¹ of columns (F, K)."""
        return np.asarray(solve_triangular(self.lower, columns, lower=True))

    def half_transposed(self, columns: Float64Array) -> Float64Array:
        """L⁻ᵀ of columns (F, K); after `half` it gives A⁻¹."""
        return np.asarray(solve_triangular(self.lower, columns, lower=True, trans="T"))
