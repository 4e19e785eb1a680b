"""Belief: what a champion of posteriors knows of ratings besides their mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Float64Array
from recsys.errors import InputError
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.intervals import INTERVAL_LEVEL
from recsys.models.draws import draws_layer, draws_of_items, draws_of_pairs
from recsys.models.layers import MemberDraws, OrderedDraws
from recsys.posterior.predictive import NormalMixture, OrdinalMixture, PosteriorMixture, Predictive
from recsys.serving.scorer import AnyScorer

if TYPE_CHECKING:
    import keras

UNCERTAINTY = ("deviation", "low", "high")
_TAIL = (1 - INTERVAL_LEVEL) / 2


@dataclass(frozen=True, eq=False)
class PredictiveDistribution:
    """The distributions of B ratings."""

    parts: Sequence[Predictive]
    """Of each posterior."""
    shares: Sequence[float]
    """Of each in the mean."""
    scale: tuple[float, float] | None
    levels: Sequence[float] = ()
    """The stars; none where ratings are no stars."""

    def take(self, rows: Any) -> PredictiveDistribution:
        """That of some of the ratings."""
        return PredictiveDistribution([part.take(rows) for part in self.parts], self.shares, self.scale, self.levels)

    def lower_bounds(self) -> Float64Array:
        """Where the 90 % intervals begin, were there no end of the scale, which would make ties: (B,)."""
        return self._mixture.quantile(_TAIL)

    def one_draw(self, seed: int | None) -> Float64Array:
        """What one draw predicts, (B,): the same one for the same seed, whatever the ratings."""
        rng = np.random.default_rng(seed)
        part = self.parts[rng.choice(len(self.parts), p=np.array(self.shares) / sum(self.shares))]
        return part.of_draw(int(rng.integers(part.draws)))

    def uncertainty(self) -> Mapping[str, Float64Array]:
        """The standard deviation of each, that of the stars around their mean included, and its 90 % interval.

        They are named `deviation`, `low` and `high`, (B,) each.
        """
        low, high = (-np.inf, np.inf) if self.scale is None else self.scale
        _, variances = self._mixture.moments(low, high)
        bounds = (np.clip(self._mixture.quantile(chance), low, high) for chance in (_TAIL, 1 - _TAIL))
        return dict(zip(UNCERTAINTY, (np.sqrt(variances), *bounds), strict=True))

    def stars(self) -> list[Mapping[str, float]]:
        """The chance of each star, by its text: that of all that would be rounded to it.

        Raises:
            InputError: The ratings are no stars.
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
        return PosteriorMixture(self.parts, self.shares)


def predictive_of_pairs(scorer: AnyScorer, users: AnyArray, items: AnyArray) -> PredictiveDistribution | None:
    """Of ratings by user and item codes, (B,) each; None where not every model is drawn from a posterior."""
    if isinstance(scorer, LinearScores) or not scorer.draws:
        return None
    codes = tf.constant(users, tf.int32), tf.constant(items, tf.int32)
    parts = [kept_draws(model, draws_of_pairs(model, *codes)) for model in scorer.models]
    return PredictiveDistribution(parts, scorer.shares, scorer.clip, levels_of(scorer.models))


def predictive_of_items(scorer: AnyScorer, user: int, items: AnyArray) -> PredictiveDistribution | None:
    """Of one user's ratings, by the user's code and those of items, (B,); None likewise."""
    if isinstance(scorer, LinearScores) or not scorer.draws:
        return None
    codes = tf.constant(items, tf.int32)
    parts = [kept_draws(model, draws_of_items(model, user, codes)) for model in scorer.models]
    return PredictiveDistribution(parts, scorer.shares, scorer.clip, levels_of(scorer.models))


def kept_draws(model: keras.Model, predicted: Any) -> Predictive:
    """What the draws predict that there are, of what all predict, (B, K)."""
    layer: Any = draws_layer(model)
    return predictive_of(layer, np.asarray(predicted, np.float64)[:, layer.kept])


def predictive_of(layer: MemberDraws, means: Float64Array) -> Predictive:
    """The distributions that a posterior's kept draws make of what each of them predicts, (B, K)."""
    numbers = np.asarray(layer.table, np.float64)[layer.kept, 1:]
    if isinstance(layer, OrderedDraws):
        return OrdinalMixture(means, numbers, np.array(layer.levels))
    return NormalMixture(means, numbers[:, 0])


def levels_of(models: Sequence[keras.Model]) -> Sequence[float]:
    """The stars that the models know of."""
    layer: Any = draws_layer(models[0])
    return tuple(layer.levels)
