"""Features of users or items, as the mean that their vectors' prior has: x_r ~ N(μ + βᵀ f_r, Λ⁻¹) (Simm et al. 2015).

The coefficients have the prior β ~ N(0, (ridge · Λ)⁻¹), a row each, and ridge ~ Gamma. All of β is one block, drawn by
perturbation: a draw from the prior, moved by what ridge regression makes of the difference between the rows and the
rows that this draw would have given. One eigendecomposition, of FᵀF or F Fᵀ as is smaller, serves every ridge.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.algebra.threads import one_thread
from recsys.arrays import Float64Array
from recsys.posterior.hyperpriors import gaussians


class Regression:
    """Draws the coefficients of features.

    Args:
        features: F, a SciPy sparse matrix, shape (rows, features).
    """

    def __init__(self, features: Any) -> None:
        self.features = features.tocsr()
        self._transposed = features.T.tocsr()
        self._by_rows = features.shape[0] <= features.shape[1]
        product = self.features @ self._transposed if self._by_rows else self._transposed @ self.features
        with one_thread():
            values, vectors = np.linalg.eigh(product.toarray())
        self._values: Float64Array = np.maximum(values, 0)
        self._vectors: Float64Array = vectors

    @property
    def count(self) -> int:
        """How many features there are."""
        return int(self.features.shape[1])

    def offsets(self, coefficients: Float64Array) -> Float64Array:
        """What the features say of each row, F β: shape (rows, D)."""
        product: Float64Array = self.features @ coefficients
        return product

    def draw(self, rng: np.random.Generator, rows: Float64Array, precision: Float64Array, ridge: float) -> Float64Array:
        """β given the rows without their mean, shape (rows, D), and their precision, shape (D, D): (features, D)."""
        prior = gaussians(rng, self.count, ridge * precision)
        away = rows - self.offsets(prior) - gaussians(rng, len(rows), precision)
        if self._by_rows:
            step: Float64Array = self._transposed @ self._shrink(away, ridge)
        else:
            step = self._shrink(self._transposed @ away, ridge)
        return prior + step

    def _shrink(self, rows: Float64Array, ridge: float) -> Float64Array:
        """The inverse of the product plus the ridge, times the rows."""
        shrunk: Float64Array = self._vectors @ ((self._vectors.T @ rows) / (self._values + ridge)[:, None])
        return shrunk
