"""Predictive distributions of ratings, for champions that are drawn from posteriors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from recsys.arrays import AnyArray, Float64Array
from recsys.errors import InputError
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.intervals import INTERVAL_LEVEL
from recsys.models.distribution import RatingDistribution
from recsys.serving.scorer import AnyScorer

if TYPE_CHECKING:
    from recsys.posterior.predictive import PosteriorMixture, Predictive

UNCERTAINTY = ("deviation", "low", "high")
"""The names of the columns that a posterior adds."""
_TAIL = (1 - INTERVAL_LEVEL) / 2


@dataclass(frozen=True, eq=False)
class PredictiveDistribution:
    """The distributions of B ratings: a mixture with one part for each model."""

    parts: Sequence[Predictive]
    """The distributions of each posterior."""
    shares: Sequence[float]
    """The weight of each posterior in the mixture."""
    scale: tuple[float, float] | None
    """The lowest and the highest rating; None without clipping."""
    levels: Sequence[float] = ()
    """The star values; empty if the ratings are not stars."""

    def take(self, rows: Any) -> PredictiveDistribution:
        """Return the distributions of the selected rows."""
        return PredictiveDistribution([part.take(rows) for part in self.parts], self.shares, self.scale, self.levels)

    def lower_bounds(self) -> Float64Array:
        """Return the lower ends (B,) of the 90 % intervals.

        They are not clipped to the scale, because clipping would produce ties.
        """
        return self._mixture.quantile(_TAIL)

    def one_draw(self, seed: int | None) -> Float64Array:
        """Return the predictions (B,) of one draw.

        Args:
            seed: Selects the draw, independent of the ratings; None selects a random draw.
        """
        rng = np.random.default_rng(seed)
        part = self.parts[rng.choice(len(self.parts), p=np.array(self.shares) / sum(self.shares))]
        return part.of_draw(int(rng.integers(part.draws)))

    def uncertainty(self) -> Mapping[str, Float64Array]:
        """Return the standard deviations and the 90 % intervals of the ratings.

        The standard deviation includes the noise of a single rating. The keys are `deviation`, `low` and `high`, with
        values (B,).
        """
        low, high = (-np.inf, np.inf) if self.scale is None else self.scale
        _, variances = self._mixture.moments(low, high)
        bounds = (np.clip(self._mixture.quantile(chance), low, high) for chance in (_TAIL, 1 - _TAIL))
        return dict(zip(UNCERTAINTY, (np.sqrt(variances), *bounds), strict=True))

    def stars(self) -> list[Mapping[str, float]]:
        """Return the probability of each star, by the star as text. A star includes all values that round to it.

        Raises:
            InputError: The ratings are not stars.
        """
        if not self.levels:
            raise InputError("stars: the champion's ratings are numbers, of which there are too many to tell apart")
        count = len(self.parts[0].of_draw(0))
        borders = (np.array(self.levels[1:]) + np.array(self.levels[:-1])) / 2
        below = [self._mixture.below(np.full(count, border)) for border in borders]
        chances = np.diff([np.zeros(count), *below, np.ones(count)], axis=0)
        return [{f"{level:g}": float(c) for level, c in zip(self.levels, row, strict=True)} for row in chances.T]

    @property
    def _mixture(self) -> PosteriorMixture:
        from recsys.posterior.predictive import PosteriorMixture

        return PosteriorMixture(self.parts, self.shares)


def predictive_of_pairs(scorer: AnyScorer, users: AnyArray, items: AnyArray) -> PredictiveDistribution | None:
    """Return the distributions of pairs of user and item codes (B,); None unless every model is a posterior."""
    return of_parts(scorer, lambda each: each.predictive_of_pairs(users, items))


def predictive_of_items(scorer: AnyScorer, user: int, items: AnyArray) -> PredictiveDistribution | None:
    """Return the distributions of one user's ratings.

    Args:
        scorer: The scorer.
        user: The code of the user.
        items: The codes of the items (B,).

    Returns:
        The distributions; None unless every model is a posterior.
    """
    return of_parts(scorer, lambda each: each.predictive_of_items(user, items))


def of_parts(scorer: AnyScorer, part: Callable[[RatingDistribution], Predictive]) -> PredictiveDistribution | None:
    """Combine the distributions of a scorer's models.

    Args:
        scorer: The scorer.
        part: Computes the distributions of one model.

    Returns:
        The mixture; None unless every model is a posterior.
    """
    distributions = None if isinstance(scorer, LinearScores) else scorer.distributions
    if isinstance(scorer, LinearScores) or not distributions or not scorer.draws:
        return None
    parts = [part(each) for each in distributions]
    return PredictiveDistribution(parts, scorer.shares, scorer.clip, distributions[0].levels)
