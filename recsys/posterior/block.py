"""One block of the Gibbs sampler: all users, or all items, with their prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recsys.algebra.normal_equations import NormalEquations, Prior
from recsys.algebra.side import Side
from recsys.algebra.solve import solve_rows
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
        features: The regressions on the tables of this side's features.
    """

    def __init__(
        self,
        own: IntArray,
        other: IntArray,
        shape: tuple[int, int],
        hyperpriors: Hyperpriors,
        features: Sequence[Regression],
    ) -> None:
        self._side = Side.of(own, other, shape)
        self._other = other
        self._hyperpriors = hyperpriors
        self._features = features

    def start(self, size: int, rng: np.random.Generator) -> SideState:
        """The initial state: small random factors and zero biases."""
        values = START * rng.standard_normal((self._side.rows, size + 1))
        values[:, -1] = 0
        coefficients = tuple(np.zeros((table.count, size + 1)) for table in self._features)
        return SideState(values, np.zeros(size + 1), np.eye(size + 1), coefficients, (1.0,) * len(coefficients))

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
            rows, values=solve_rows(NormalEquations(self._side, factors, noise, noise * left, prior), normals)
        )

    def _draw_prior(self, rows: SideState, rng: np.random.Generator) -> tuple[SideState, Float64Array]:
        """The rows with a new prior, and the prior's mean: shape (D + 1,), or (rows, D + 1) with features."""
        draw = self._hyperpriors.rows.draw
        if not self._features:
            mean, precision = draw(rng, rows.values)
            return replace(rows, mean=mean, precision=precision), mean
        coefficients, ridges = list(rows.coefficients), list(rows.ridges)
        offsets = [table.offsets(old) for table, old in zip(self._features, coefficients, strict=True)]
        scatter = sum(ridge * old.T @ old for ridge, old in zip(ridges, coefficients, strict=True))
        mean, precision = draw(rng, rows.values - sum(offsets), scatter, sum(map(len, coefficients)))
        for at, table in enumerate(self._features):
            others = sum(offsets[:at] + offsets[at + 1 :])
            new = table.draw(rng, rows.values - mean - others, precision, ridges[at])
            squares = float(np.sum((new @ precision) * new))
            ridges[at] = self._hyperpriors.ridge.draw(rng, new.size, squares)
            coefficients[at], offsets[at] = new, table.offsets(new)
        state = SideState(rows.values, mean, precision, tuple(coefficients), tuple(ridges))
        return state, mean + sum(offsets)
