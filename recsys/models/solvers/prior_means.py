"""The prior means of rows, by the features of their ids: q_i ~ N(x_i B, …) in place of q_i ~ N(0, …).

Least squares then penalise how far a row is from its mean, as in feature-aware iALS of irspack. An id without entries
has its mean as its row. B minimises Σ_i w_i |q_i - x_i B|² + ridge |B|², with the penalties w of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, cg

from recsys.arrays import AnyArray, Float64Array

_DIRECT = 2048
"""The number of features up to which a matrix of features by features is solved; beyond it, conjugate gradients are."""
_STEPS = 30
"""The most steps of conjugate gradients, which start from the coefficients of the last round."""


@dataclass(frozen=True, eq=False)
class PriorMeans:
    """The features of the ids of one side (n, F)."""

    features: csr_array

    def of(self, coefficients: AnyArray) -> Float64Array:
        """Return the means X B (n, D) for coefficients B (F, D)."""
        return np.asarray(self.features @ coefficients, np.float64)

    def fit(self, rows: AnyArray, weights: AnyArray, ridge: float, start: AnyArray) -> Float64Array:
        """Return the coefficients B (F, D).

        Args:
            rows: The rows (n, D).
            weights: The penalty w of each row (n,).
            ridge: The penalty of the coefficients.
            start: The coefficients of the last round (F, D).
        """
        weighted = self.features.multiply(weights[:, None]).tocsr()
        targets = np.asarray(weighted.T @ rows, np.float64)
        if self.features.shape[1] <= _DIRECT:
            matrix = (weighted.T @ self.features).toarray().astype(np.float64)
            matrix[np.diag_indices_from(matrix)] += ridge
            return np.asarray(np.linalg.solve(matrix, targets), np.float64)

        def product(x: Float64Array) -> Float64Array:
            return np.asarray(weighted.T @ (self.features @ x) + ridge * x)

        size = (self.features.shape[1],) * 2
        operator = LinearOperator(size, matvec=product, dtype=np.float64)
        columns = zip(targets.T, start.T, strict=True)
        return np.stack([cg(operator, b, x0=x.astype(np.float64), maxiter=_STEPS)[0] for b, x in columns], axis=1)
