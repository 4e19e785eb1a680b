"""The state of a chain: one draw of all parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.algebra.products import pair_products
from recsys.arrays import Float32Array, Float64Array, IntArray


@dataclass(frozen=True, eq=False)
class SideState:
    """The rows of all users, or of all items, and their prior. A row has D factors and then the bias."""

    values: Float64Array
    """The rows, shape (n, D + 1)."""
    mean: Float64Array
    """μ of the prior, shape (D + 1,): the expected row without ratings and features."""
    precision: Float64Array
    """Λ of the prior, shape (D + 1, D + 1)."""
    coefficients: tuple[Float64Array, ...] = ()
    """β of each table of features, shape (features, D + 1)."""
    ridges: tuple[float, ...] = ()
    """The precision of the coefficients of each table, in units of Λ."""


@dataclass(frozen=True, eq=False)
class ChainState:
    """One draw of users, items and noise."""

    users: SideState
    items: SideState
    noise: float
    """The precision of a rating, or of the latent variable of a star, around its prediction."""
    error: float = float("nan")
    """The mean squared error on the training ratings; NaN for an initial state."""
    cuts: Float64Array | None = None
    """The cut points of ordinal stars, shape (stars - 1,); None for ratings as numbers."""

    @property
    def traced(self) -> float:
        """The number for convergence diagnostics: the noise's precision, or the distance of the outer cut points."""
        return self.noise if self.cuts is None else float(self.cuts[-1] - self.cuts[0])

    @property
    def deviation(self) -> float:
        """The standard deviation of the noise; for ordinal stars in units of a middle star's width."""
        if self.cuts is None:
            return float(self.noise**-0.5)
        return (len(self.cuts) - 1) / self.traced if len(self.cuts) > 1 else float("nan")

    def predict(self, users: IntArray, items: IntArray) -> Float32Array:
        """Predictions p_u · q_i + b_u + b_i for codes (B,), without the mean of all ratings: shape (B,).

        The code after the last stands for an unknown user or item, whose row is the prior's mean.
        """
        left, right = _with_spare(self.users), _with_spare(self.items)
        left = np.column_stack([left, np.ones_like(left[:, 0])])  # p, b_u, 1
        right = np.column_stack([right[:, :-1], np.ones_like(right[:, 0]), right[:, -1]])  # q, 1, b_i
        return pair_products(left, right, users, items)


def _with_spare(rows: SideState) -> Float32Array:
    return np.concatenate([rows.values, rows.mean[None]]).astype(np.float32)
