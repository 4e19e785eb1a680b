"""Posterior predictive distributions of ratings: the mixture of the distributions of all draws.

The distribution of a draw is N(prediction, noise variance), censored at the ends of the scale. For ordinal stars it is
the probability of each star, spread evenly over the numbers that round to the star, so that quantiles can rank items.
The distribution of several posteriors is the mixture of theirs. `B` ratings, `K` draws, `L` stars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
from scipy.special import ndtr, ndtri

from recsys.arrays import Float64Array
from recsys.posterior.ordinal import expected_rating

_HALVINGS = 20
"""Bisection steps for a quantile: a millionth of the interval is left."""
_DENSITY = 1 / np.sqrt(2 * np.pi)


class Predictive(Protocol):
    """Distributions of B ratings. Quantiles may lie outside the scale, so that they can rank items."""

    @property
    def draws(self) -> int:
        """K, the number of draws."""
        ...

    def of_draw(self, number: int) -> Float64Array:
        """The expected ratings of one draw, (B,)."""
        ...

    def below(self, values: Float64Array) -> Float64Array:
        """The probability of a rating below each value (B,), not censored: (B,)."""
        ...

    def quantile(self, chance: float) -> Float64Array:
        """The quantile of each rating at probability `chance`, (B,)."""
        ...

    def moments(self, low: float, high: float) -> tuple[Float64Array, Float64Array]:
        """Mean and variance, (B,) each, on the scale from `low` to `high`."""
        ...

    def take(self, rows: Any) -> Self:
        """The distributions of some of the ratings; `rows` indexes B."""
        ...


@dataclass(frozen=True, eq=False)
class NormalMixture:
    """A mixture of K normal distributions for each rating."""

    means: Float64Array
    """The prediction of each draw, (B, K)."""
    variances: Float64Array
    """The variance of a rating around its prediction, (K,)."""

    @property
    def draws(self) -> int:
        """K, the number of draws."""
        return int(self.means.shape[1])

    def of_draw(self, number: int) -> Float64Array:
        """The expected ratings of one draw, (B,)."""
        return self.means[:, number]

    def below(self, values: Float64Array) -> Float64Array:
        """The probability of a rating below each value (B,): (B,)."""
        return np.asarray(ndtr((values[:, None] - self.means) / np.sqrt(self.variances)).mean(axis=1))

    def quantile(self, chance: float) -> Float64Array:
        """The quantile of each rating at probability `chance`, (B,)."""
        each = self.means + ndtri(chance) * np.sqrt(self.variances)
        return _between(self, chance, each.min(axis=1), each.max(axis=1))

    def moments(self, low: float, high: float) -> tuple[Float64Array, Float64Array]:
        """Mean and variance, (B,) each, of the distribution censored to [low, high]."""
        deviations = np.sqrt(self.variances)
        from_, to = (low - self.means) / deviations, (high - self.means) / deviations
        under, over, inside = ndtr(from_), ndtr(-to), ndtr(to) - ndtr(from_)
        left, right = (_DENSITY * np.exp(-0.5 * edge**2) for edge in (from_, to))
        first = _times(low, under) + _times(high, over) + self.means * inside + deviations * (left - right)
        second = (
            _times(low**2, under)
            + _times(high**2, over)
            + (self.means**2 + self.variances) * inside
            + deviations * (_times(low + self.means, left) - _times(high + self.means, right))
        )
        mean = first.mean(axis=1)
        return mean, np.maximum(second.mean(axis=1) - mean**2, 0)

    def take(self, rows: Any) -> NormalMixture:
        """The distributions of some of the ratings; `rows` indexes B."""
        return NormalMixture(self.means[rows], self.variances)


@dataclass(frozen=True, eq=False)
class OrdinalMixture:
    """A mixture of K ordered probit distributions for each rating."""

    means: Float64Array
    """The mean of the latent variable in each draw, (B, K)."""
    cuts: Float64Array
    """The cut points of each draw, (K, L - 1)."""
    levels: Float64Array
    """The ratings of the stars, ascending, (L,)."""

    @property
    def draws(self) -> int:
        """K, the number of draws."""
        return int(self.means.shape[1])

    def of_draw(self, number: int) -> Float64Array:
        """The expected ratings of one draw, (B,)."""
        return expected_rating(self.levels, self.means[:, number], self.cuts[number])

    @cached_property
    def _ends(self) -> Float64Array:
        """The borders of the stars' cells, (L + 1,)."""
        middles = (self.levels[1:] + self.levels[:-1]) / 2
        return np.concatenate([[2 * self.levels[0] - middles[0]], middles, [2 * self.levels[-1] - middles[-1]]])

    @cached_property
    def _chances(self) -> Float64Array:
        """The probability of a rating below each border, (B, L + 1)."""
        inner = [ndtr(cut - self.means).mean(axis=1) for cut in self.cuts.T]
        return np.stack([np.zeros(len(self.means)), *inner, np.ones(len(self.means))], axis=1)

    def below(self, values: Float64Array) -> Float64Array:
        """The probability of a rating below each value (B,): (B,)."""
        star = np.clip(np.searchsorted(self._ends, values, side="right") - 1, 0, len(self.levels) - 1)
        part = np.clip((values - self._ends[star]) / (self._ends[star + 1] - self._ends[star]), 0, 1)
        first, last = (np.take_along_axis(self._chances, place[:, None], 1)[:, 0] for place in (star, star + 1))
        return np.asarray(first + part * (last - first))

    def quantile(self, chance: float) -> Float64Array:
        """The quantile of each rating at probability `chance`, (B,)."""
        count = len(self.means)
        return _between(self, chance, np.full(count, self._ends[0]), np.full(count, self._ends[-1]))

    def moments(self, low: float, high: float) -> tuple[Float64Array, Float64Array]:  # noqa: ARG002 - stars have an end anyway
        """Mean and variance of the stars, (B,) each; the scale is that of the stars."""
        shares = np.diff(self._chances, axis=1)
        mean = shares @ self.levels
        return mean, np.maximum(shares @ self.levels**2 - mean**2, 0)

    def take(self, rows: Any) -> OrdinalMixture:
        """The distributions of some of the ratings; `rows` indexes B."""
        return OrdinalMixture(self.means[rows], self.cuts, self.levels)


@dataclass(frozen=True, eq=False)
class PosteriorMixture:
    """A weighted mixture of the distributions of several posteriors."""

    parts: Sequence[Predictive]
    shares: Sequence[float]
    """The weights, which sum to 1."""

    @property
    def draws(self) -> int:
        """The number of draws of all parts."""
        return sum(part.draws for part in self.parts)

    def of_draw(self, number: int) -> Float64Array:
        """The expected ratings of one draw, (B,); draws are numbered part by part."""
        for part in self.parts:
            if number < part.draws:
                return part.of_draw(number)
            number -= part.draws
        raise IndexError(number)

    def below(self, values: Float64Array) -> Float64Array:
        """The probability of a rating below each value (B,): (B,)."""
        return self._mean([part.below(values) for part in self.parts])

    def quantile(self, chance: float) -> Float64Array:
        """The quantile of each rating at probability `chance`, (B,)."""
        each = np.stack([part.quantile(chance) for part in self.parts])
        return _between(self, chance, each.min(axis=0), each.max(axis=0))

    def moments(self, low: float, high: float) -> tuple[Float64Array, Float64Array]:
        """Mean and variance, (B,) each, on the scale from `low` to `high`."""
        each = [part.moments(low, high) for part in self.parts]
        mean = self._mean([first for first, _ in each])
        return mean, self._mean([variance + (first - mean) ** 2 for first, variance in each])

    def take(self, rows: Any) -> PosteriorMixture:
        """The distributions of some of the ratings; `rows` indexes B."""
        return PosteriorMixture([part.take(rows) for part in self.parts], self.shares)

    def _mean(self, each: Sequence[Float64Array]) -> Float64Array:
        return np.asarray(sum(share * values for share, values in zip(self.shares, each, strict=True)))


def _between(predictive: Predictive, chance: float, low: Float64Array, high: Float64Array) -> Float64Array:
    """A quantile by bisection between `low` and `high`, the extreme quantiles of the parts."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = predictive.below(middle) < chance
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2)


def _times(value: Any, chance: Float64Array) -> Float64Array:
    """The product, which is 0 for probability 0 even if the value is infinite, as an end of the scale may be."""
    return np.asarray(np.multiply(value, chance, where=chance > 0, out=np.zeros_like(chance)))
