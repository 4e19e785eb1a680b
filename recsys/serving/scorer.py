"""Scorer: what predicts. One model, or a weighted mean of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Float64Array, FloatArray
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.models.distribution import RatingDistribution
from recsys.models.kinds import kind_of_model
from recsys.models.model import predict, score_all
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras

_PAIRS = 1_000_000
"""Users times items that are scored at once: a perceptron has all of its units for each in memory."""


@dataclass(frozen=True)
class Scorer:
    """Predicts ratings of user and item codes."""

    models: Sequence[keras.Model]
    shares: Sequence[float]
    """The weight of each model in the mean; they sum to 1."""
    clip: tuple[float, float] | None
    """The scale that ratings are clipped to."""
    rates: bool = True
    """Whether what it predicts is ratings; what was trained on rankings gives scores, which only rank."""
    points: Sequence[Mapping[str, Value]] = ()
    """What each model was trained at, by which people who were not there then are folded in; none where nobody is."""

    def predict(self, users: AnyArray, items: AnyArray) -> Float64Array:
        """Scores (B,) of codes (B,): ratings that may lie outside the scale, which is what items are ranked by."""
        total = np.zeros(len(users))
        for model, share in zip(self.models, self.shares, strict=True):
            total += share * predict(model, users, items)[:, 0]
        return total

    def clipped(self, scores: FloatArray) -> FloatArray:
        """Scores as ratings on the scale."""
        return scores if self.clip is None else np.clip(scores, *self.clip)

    def score_all(self, users: AnyArray, items: int) -> Float64Array:
        """Scores (B, I) of all items for user codes (B,)."""
        codes, at_once = users.astype(np.int32), max(1, _PAIRS // items)
        total = np.zeros((len(users), items))
        for model, share in zip(self.models, self.shares, strict=True):
            for start in range(0, len(users), at_once):
                some = slice(start, start + at_once)
                total[some] += share * np.asarray(score_all(model, tf.constant(codes[some]), items))[0]
        return total

    @property
    def draws(self) -> int:
        """How many draws its ratings are the mean of; 0 where one of the models is no posterior, and nobody knows."""
        return sum(each.draws for each in self.distributions or ())

    @property
    def distributions(self) -> Sequence[RatingDistribution] | None:
        """The predictive distribution of each model; None where one of them has none, or they predict no ratings."""
        found = [kind_of_model(model).distribution(model) for model in self.models]
        known = [each for each in found if each is not None]
        return known if self.rates and len(known) == len(found) else None

    def cells(self, users: AnyArray, items: AnyArray, values: AnyArray) -> tuple[Float64Array, Float64Array]:
        """The chance of a rating below each value's cell and of one below its end, (B,) each, for codes (B,)."""
        lower, upper = np.zeros(len(users)), np.zeros(len(users))
        for each, share in zip(self.distributions or (), self.shares, strict=True):
            predicted = each.of_pairs(tf.constant(users, tf.int32), tf.constant(items, tf.int32))
            ends = each.cells(predicted, tf.constant(values, tf.float32))
            lower, upper = (total + share * np.asarray(end) for total, end in zip((lower, upper), ends, strict=True))
        return lower, upper


AnyScorer = Scorer | LinearScores
"""What answers: trained models, or a baseline that was promoted."""
