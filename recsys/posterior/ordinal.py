"""Ordered probit for stars, of which only the order is known: cut points divide a latent normal variable.

    star s  ⇔  c_{s-1} < y ≤ c_s,      y = p_u · q_i + b_u + b_i + e,      e ~ N(0, 1)

Data augmentation (Albert and Chib 1993) samples y from a normal distribution truncated at the cut points, and all else
as if y were the rating. Given y, cut points could hardly move, so both are sampled together (Cowles 1996): the cut
points by Metropolis steps on the likelihood of the stars without y, and then y.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from recsys.arrays import AnyArray, Float64Array, IntArray

PRIOR = 5.0
"""The standard deviation of the ordered normal prior of the cut points."""
_STEPS = 3
"""Metropolis steps of each cut point in a round."""
_WIDTH = 2.4
"""The standard deviation of a step, in units of the cut point's: about the best value in one dimension."""
_START = 1.25
"""The standard deviation of y that the initial cut points assume."""
_LEAST = 1e-300


class OrderedProbit:
    """Samples the cut points and the latent variable y.

    Args:
        levels: The ratings of the stars, ascending, (L,).
        counts: The number of ratings of each star, (L,), at least one.
        prior: The standard deviation of the prior of the cut points.
    """

    def __init__(self, levels: Float64Array, counts: AnyArray, prior: float = PRIOR) -> None:
        self.levels, self._prior = np.asarray(levels, np.float64), prior
        shares = np.asarray(counts, np.float64) / np.sum(counts)
        borders = ndtri(np.cumsum(shares)[:-1])
        self.start: Float64Array = _START * borders
        """The initial cut points of a chain, (L - 1,)."""
        density = np.exp(-0.5 * borders**2) / np.sqrt(2 * np.pi)
        information = np.sum(counts) * density**2 * (1 / shares[:-1] + 1 / shares[1:])
        self._widths = _WIDTH / np.sqrt(information)

    def draw(
        self, cuts: Float64Array, means: Float64Array, stars: IntArray, rng: np.random.Generator
    ) -> tuple[Float64Array, Float64Array]:
        """Sample cut points, (L - 1,), and y, (N,).

        Args:
            cuts: The last cut points, (L - 1,).
            means: The means of y, (N,).
            stars: The index of each rating's star, (N,).
            rng: The source of randomness.
        """
        cuts, rows = cuts.copy(), [np.flatnonzero(stars == star) for star in range(len(self.levels))]
        for place in range(len(cuts)):
            self._move(cuts, place, means[rows[place]], means[rows[place + 1]], rng)
        edges = np.concatenate([[-np.inf], cuts, [np.inf]])
        return cuts, means + truncated_normals(edges[stars] - means, edges[stars + 1] - means, rng)

    def _move(
        self, cuts: Float64Array, place: int, below: Float64Array, above: Float64Array, rng: np.random.Generator
    ) -> None:
        """Metropolis steps of one cut point, given the means of the ratings below and above it."""
        edges = np.concatenate([[-np.inf], cuts, [np.inf]])
        low, high = edges[place], edges[place + 2]
        under, over = ndtr(low - below), ndtr(high - above)

        def logarithm(cut: float) -> float:
            parts = (ndtr(cut - below) - under, over - ndtr(cut - above))
            likelihood = sum(float(np.log(np.maximum(part, _LEAST)).sum()) for part in parts)
            return likelihood - 0.5 * (cut / self._prior) ** 2

        current = logarithm(cuts[place])
        for step, chance in zip(rng.standard_normal(_STEPS), np.log(rng.random(_STEPS)), strict=True):
            proposed = cuts[place] + self._widths[place] * step
            if low < proposed < high and chance < (new := logarithm(proposed)) - current:
                cuts[place], current = proposed, new

    def expected(self, means: AnyArray, cuts: Float64Array) -> Float64Array:
        """The expected rating, (N,), for means of y, (N,)."""
        return expected_rating(self.levels, means, cuts)


def expected_rating(levels: AnyArray, means: AnyArray, cuts: AnyArray) -> Float64Array:
    """The expected rating, (…), given the means of y: l_0 + Σ_s (l_s - l_{s-1}) Φ(mean - c_s).

    Args:
        levels: The ratings of the stars, ascending, (L,).
        means: The means of y, any shape.
        cuts: The cut points, (L - 1,), or (…, L - 1) in a shape that broadcasts with the means.
    """
    parts = (gap * ndtr(means - cuts[..., place]) for place, gap in enumerate(np.diff(levels)))
    return np.asarray(levels[0] + sum(parts))


def truncated_normals(low: Float64Array, high: Float64Array, rng: np.random.Generator) -> Float64Array:
    """Sample from the standard normal distribution truncated to [low, high], (N,) each."""
    flipped = low > 0  # float64 resolves probabilities of the left tail only
    low, high = np.where(flipped, -high, low), np.where(flipped, -low, high)
    least, most = ndtr(low), ndtr(high)
    drawn = ndtri(np.maximum(least + rng.random(len(low)) * (most - least), _LEAST))
    drawn = np.clip(drawn, low, high)
    return np.asarray(np.where(flipped, -drawn, drawn))
