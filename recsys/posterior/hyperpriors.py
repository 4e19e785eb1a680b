"""Conjugate hyperpriors: Normal-Wishart for the Gaussian prior of rows, Gamma for a precision.

`draw` samples from the posterior given data, and from the prior itself given none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array


@dataclass(frozen=True)
class Gamma:
    """The prior τ ~ Gamma(shape, rate) of the precision of Gaussian numbers with mean 0."""

    shape: float = 1.0
    """A larger shape concentrates the prior around its mean, shape / rate."""
    rate: float = 1.0
    """Half the sum of squares that the prior counts for."""

    def draw(self, rng: np.random.Generator, count: float = 0, squares: float = 0.0) -> float:
        """Draw τ given the count of numbers and the sum of their squares."""
        return float(rng.gamma(self.shape + count / 2) / (self.rate + squares / 2))


@dataclass(frozen=True)
class NormalWishart:
    """The prior of a Gaussian's mean and precision: Λ ~ Wishart(D + freedom, scale · I), μ ~ N(0, (strength · Λ)⁻¹).

    The defaults are those of Salakhutdinov and Mnih 2008, which are broad enough to need no search.
    """

    strength: float = 2.0
    """β₀: the number of rows at 0 that the prior mean counts for."""
    freedom: int = 0
    """ν₀ - D, for dimension D; the prior is proper if this is above -1."""
    scale: float = 1.0
    """The scale of W₀ = scale · I."""

    def draw(
        self, rng: np.random.Generator, rows: Float64Array, scatter: Float64Array | float = 0.0, degrees: int = 0
    ) -> tuple[Float64Array, Float64Array]:
        """Draw μ, shape (D,), and Λ, shape (D, D), given the rows.

        Args:
            rng: The source of randomness.
            rows: Samples from the Gaussian, shape (n, D).
            scatter: Σ x xᵀ of other vectors x ~ N(0, Λ⁻¹), shape (D, D).
            degrees: The number of those vectors.
        """
        n, size = rows.shape
        mean = rows.sum(axis=0) / max(n, 1)
        away = rows - mean
        inverse = np.eye(size) / self.scale + away.T @ away + scatter
        inverse += self.strength * n / (self.strength + n) * np.outer(mean, mean)
        precision = wishart(rng, size + self.freedom + n + degrees, inverse)
        centre = n / (self.strength + n) * mean
        return centre + gaussians(rng, 1, (self.strength + n) * precision)[0], precision


@dataclass(frozen=True)
class Hyperpriors:
    """The priors of all parameters."""

    rows: NormalWishart = NormalWishart()
    """Of mean and precision of the users' rows, and likewise of the items'."""
    noise: Gamma = Gamma()
    """Of the precision of a rating around its prediction."""
    ridge: Gamma = Gamma()
    """Of the precision of the features' coefficients."""


def wishart(rng: np.random.Generator, freedom: float, inverse_scale: Float64Array) -> Float64Array:
    """Draw from Wishart(freedom, inverse_scale⁻¹) by Bartlett's decomposition: shape (D, D)."""
    size = len(inverse_scale)
    bartlett = np.tril(rng.standard_normal((size, size)), -1)
    np.fill_diagonal(bartlett, np.sqrt(rng.chisquare(freedom - np.arange(size))))
    root = np.linalg.solve(np.linalg.cholesky(inverse_scale).T, bartlett)
    return root @ root.T


def gaussians(rng: np.random.Generator, count: int, precision: Float64Array) -> Float64Array:
    """Draw `count` vectors from N(0, precision⁻¹): shape (count, D)."""
    normals = rng.standard_normal((len(precision), count))
    return np.linalg.solve(np.linalg.cholesky(precision).T, normals).T
