"""The predictive distribution of Bayesian matrix factorisation, as a mixture over its draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float64Array
from recsys.models.layers import MemberDraws, OrderedDraws
from recsys.posterior.predictive import NormalMixture, OrdinalMixture, Predictive


class DrawsDistribution:
    """The predictive distribution over the draws that an ordinary model holds.

    Args:
        model: A model of one point.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._layer: MemberDraws = model.get_layer("draws")

    @staticmethod
    def of(model: keras.Model) -> DrawsDistribution | None:
        """Return the distribution of a model of one point; None for a cohort, whose members are drawn apart."""
        return DrawsDistribution(model) if len(model.get_layer("draws").draws) == 1 else None

    def of_pairs(self, users: tf.Tensor, items: tf.Tensor) -> tf.Tensor:
        """Return the rating or, for ordinal ratings, the latent value that each draw predicts (B, K).

        Args:
            users: User codes (B,).
            items: Item codes (B,).
        """
        own, other = self._rows("user", users), self._rows("item", items)
        return self._predictions(tf.einsum("bkd,bkd->bk", own, other))

    def of_items(self, user: int | tf.Tensor, items: tf.Tensor) -> tf.Tensor:
        """Return the predictions of each draw (B, K) for one user and item codes (B,)."""
        own, other = self._rows("user", tf.reshape(user, [1]))[0], self._rows("item", items)
        return self._predictions(tf.einsum("kd,bkd->bk", own, other))

    def mean(self, predicted: tf.Tensor) -> tf.Tensor:
        """Return the mean rating (…) over the draws' predictions (…, K)."""
        return self._layer.mean(predicted)

    def cells(self, predicted: tf.Tensor, values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the probabilities below the start and the end of each value's cell: see `RatingDistribution`."""
        return self._layer.cells(predicted, values)

    def predictive_of_pairs(self, users: Any, items: Any) -> Predictive:
        """Return the predictive distributions of ratings by user and item codes (B,)."""
        return self._kept(self.of_pairs(tf.constant(users, tf.int32), tf.constant(items, tf.int32)))

    def predictive_of_items(self, user: int, items: Any) -> Predictive:
        """Return the predictive distributions of one user's ratings of items (B,)."""
        return self._kept(self.of_items(user, tf.constant(items, tf.int32)))

    @property
    def draws(self) -> int:
        """The number of draws kept so far."""
        return len(self._layer.kept)

    @property
    def levels(self) -> Sequence[float]:
        """The ratings that occur, in ascending order; empty beyond `MOST_LEVELS` of them."""
        return tuple(self._layer.levels)

    def _rows(self, side: str, codes: tf.Tensor) -> tf.Tensor:
        """Return rows of a table by draw (B, K, columns of a draw)."""
        table = self._model.get_layer(f"{side}_embedding").table
        (draws,) = self._layer.draws
        return tf.reshape(tf.gather(table, codes), [-1, draws, table.shape[1] // draws])

    def _predictions(self, parts: tf.Tensor) -> tf.Tensor:
        """Return predictions (…, K) from each draw's part of the mean (…, K).

        Draws that are not kept yet have a part of 0, so they predict the mean rating.
        """
        mean = next((layer.mean for layer in self._model.layers if layer.name == "global_mean"), 0.0)
        return tf.math.divide_no_nan(parts, self._layer.table[:, 0]) + mean

    def _kept(self, predicted: tf.Tensor) -> Predictive:
        """Return the predictive distribution of the kept draws, from the predictions of all (B, K)."""
        return predictive_of(self._layer, np.asarray(predicted, np.float64)[:, self._layer.kept])


def predictive_of(layer: MemberDraws, means: Float64Array) -> Predictive:
    """Return the predictive distributions from the predictions of the kept draws (B, K)."""
    numbers = np.asarray(layer.table, np.float64)[layer.kept, 1:]
    if isinstance(layer, OrderedDraws):
        return OrdinalMixture(means, numbers, np.array(layer.levels))
    return NormalMixture(means, numbers[:, 0])
