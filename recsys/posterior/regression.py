"""Regression of rows on the features of users or items: x_r ~ N(μ + βᵀ f_r, Λ⁻¹) (Simm et al. 2015).

Each row of β has the prior N(0, (ridge · Λ)⁻¹), with ridge ~ Gamma. All of β is one block, sampled by perturbation:
draw β from the prior and rows from the model, and add the ridge regression on the difference of the actual rows from
these. One eigendecomposition, of the smaller of FᵀF and F Fᵀ, serves every ridge.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.algebra.threads import one_thread
from recsys.arrays import Float64Array
from recsys.posterior.hyperpriors import gaussians


class Regression:
    """Samples the coefficients of features.

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
        """The number of features."""
        return int(self.features.shape[1])

    def offsets(self, coefficients: Float64Array) -> Float64Array:
        """The means of the rows by their features, F β: shape (rows, D)."""
        product: Float64Array = self.features @ coefficients
        return product

    def draw(self, rng: np.random.Generator, rows: Float64Array, precision: Float64Array, ridge: float) -> Float64Array:
        """Sample β, shape (features, D), given the rows minus their mean, (rows, D), and their precision, (D, D)."""
        prior = gaussians(rng, self.count, ridge * precision)
        away = rows - self.offsets(prior) - gaussians(rng, len(rows), precision)
        if self._by_rows:
            step: Float64Array = self._transposed @ self._shrink(away, ridge)
        else:
            step = self._shrink(self._transposed @ away, ridge)
        return prior + step

    def _shrink(self, rows: Float64Array, ridge: float) -> Float64Array:
        """(product + ridge · I)⁻¹ rows, with the product that was decomposed."""
        shrunk: Float64Array = self._vectors @ ((self._vectors.T @ rows) / (self._values + ridge)[:, None])
        return shrunk
