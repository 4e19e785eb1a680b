"""One block of the Gibbs sampler: all users, or all items, with their prior."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.algebra.normal_equations import Prior
from recsys.algebra.side import Side
from recsys.algebra.solve import sampling_solver, solve_rows
from recsys.arrays import Float64Array, FloatArray, IntArray
from recsys.posterior.hyperpriors import Hyperpriors
from recsys.posterior.regression import Regression
from recsys.posterior.state import SideState

START = 0.1
"""The standard deviation of a chain's initial factors."""


class Block:
    """Samples one side of the model: users or items.

    Args:
        own: The codes of this side, one for each rating, shape (N,).
        other: The codes of the other side, shape (N,).
        shape: The numbers of codes of this and of the other side.
        hyperpriors: The hyperpriors.
        features: The regression on this side's features; None without features.
    """

    def __init__(
        self,
        own: IntArray,
        other: IntArray,
        shape: tuple[int, int],
        hyperpriors: Hyperpriors,
        features: Regression | None,
    ) -> None:
        self._side = Side.of(own, other, shape)
        self._other = other
        self._hyperpriors = hyperpriors
        self._features = features

    def start(self, size: int, rng: np.random.Generator) -> SideState:
        """The initial state: small random factors and zero biases."""
        values = START * rng.standard_normal((self._side.rows, size + 1))
        values[:, -1] = 0
        coefficients = None if self._features is None else np.zeros((self._features.count, size + 1))
        return SideState(values, np.zeros(size + 1), np.eye(size + 1), coefficients)

    def draw(
        self, rows: SideState, other: SideState, values: FloatArray, noise: float, rng: np.random.Generator
    ) -> SideState:
        """Sample the prior given the rows, then all rows given the other side.

        Args:
            rows: The last draw of this side.
            other: The last draw of the other side.
            values: The ratings minus their mean, shape (N,).
            noise: The precision of a rating around its prediction.
            rng: The source of randomness.
        """
        rows, means = self._draw_prior(rows, rng)
        factors = other.values.astype(np.float32)
        left = values - factors[:, -1].take(self._other)
        factors[:, -1] = 1  # the factor of a row's own bias
        prior = Prior(rows.precision, means @ rows.precision)
        normals = rng.standard_normal(rows.values.shape)
        return replace(
            rows, values=solve_rows(self._side, factors, noise, noise * left, prior, sampling_solver(normals))
        )

    def _draw_prior(self, rows: SideState, rng: np.random.Generator) -> tuple[SideState, Float64Array]:
        """The rows with a new prior, and the prior's mean: shape (D + 1,), or (rows, D + 1) with features."""
        draw = self._hyperpriors.rows.draw
        if self._features is None or rows.coefficients is None:
            mean, precision = draw(rng, rows.values)
            return replace(rows, mean=mean, precision=precision), mean
        old = rows.coefficients
        away = rows.values - self._features.offsets(old)
        mean, precision = draw(rng, away, rows.ridge * old.T @ old, len(old))
        coefficients = self._features.draw(rng, rows.values - mean, precision, rows.ridge)
        squares = float(np.sum((coefficients @ precision) * coefficients))
        ridge = self._hyperpriors.ridge.draw(rng, coefficients.size, squares)
        return SideState(rows.values, mean, precision, coefficients, ridge), mean + self._features.offsets(coefficients)
