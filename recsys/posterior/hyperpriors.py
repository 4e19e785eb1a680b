"""Conjugate hyperpriors: Normal-Wishart for the Gaussian that rows come from, Gamma for a precision.

Each draws from its posterior given what it is the prior of; given nothing, that is the prior itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array


@dataclass(frozen=True)
class Gamma:
    """A precision τ ~ Gamma(shape, rate), of Gaussian numbers with mean 0."""

    shape: float = 1.0
    """More of it: surer of its mean, shape / rate."""
    rate: float = 1.0
    """Half of the squared numbers that the prior is worth."""

    def draw(self, rng: np.random.Generator, count: float = 0, squares: float = 0.0) -> float:
        """τ given how many numbers there are and the sum of their squares."""
        return float(rng.gamma(self.shape + count / 2) / (self.rate + squares / 2))


@dataclass(frozen=True)
class NormalWishart:
    """Mean and precision of a Gaussian: Λ ~ Wishart(freedom, scale · I), μ ~ N(0, (strength · Λ)⁻¹).

    The defaults are those of Salakhutdinov and Mnih (2008), "Bayesian probabilistic matrix factorization using Markov
    chain Monte Carlo": broad enough to need no search.
    """

    strength: float = 2.0
    """β₀: how many rows at 0 the prior mean is worth."""
    freedom: int = 0
    """ν₀ above the dimension D, the least that is proper being D - 1."""
    scale: float = 1.0
    """W₀ is this times the identity."""

    def draw(
        self, rng: np.random.Generator, rows: Float64Array, scatter: Float64Array | float = 0.0, degrees: int = 0
    ) -> tuple[Float64Array, Float64Array]:
        """μ, shape (D,), and Λ, shape (D, D), given the rows.

        Args:
            rng: Where randomness comes from.
            rows: Draws from the Gaussian, shape (n, D).
            scatter: Σ x xᵀ of other vectors x ~ N(0, Λ⁻¹), shape (D, D).
            degrees: How many those are.
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
    """What is assumed before any rating is seen."""

    rows: NormalWishart = NormalWishart()
    """Of the users' prior, and of the items'."""
    noise: Gamma = Gamma()
    """Of the precision of a rating around its prediction."""
    ridge: Gamma = Gamma()
    """Of the precision of the features' coefficients."""


def wishart(rng: np.random.Generator, freedom: float, inverse_scale: Float64Array) -> Float64Array:
    """A draw from Wishart(freedom, inverse_scale⁻¹), by Bartlett's decomposition: shape (D, D)."""
    size = len(inverse_scale)
    bartlett = np.tril(rng.standard_normal((size, size)), -1)
    np.fill_diagonal(bartlett, np.sqrt(rng.chisquare(freedom - np.arange(size))))
    root = np.linalg.solve(np.linalg.cholesky(inverse_scale).T, bartlett)
    return root @ root.T


def gaussians(rng: np.random.Generator, count: int, precision: Float64Array) -> Float64Array:
    """Draws from N(0, precision⁻¹), shape (count, D)."""
    normals = rng.standard_normal((len(precision), count))
    return np.linalg.solve(np.linalg.cholesky(precision).T, normals).T
