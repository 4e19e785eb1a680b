"""Measure: the validation metrics of all members of a cohort."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, BoolArray, Int32Array
from recsys.evaluation.intervals import COVERAGE, INTERVAL_LEVEL, covered_share
from recsys.evaluation.metrics.rating import RATING_METRICS
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import RankingPart
from recsys.models.draws import draws_layer, draws_of_pairs
from recsys.models.scores import score_some
from recsys.training.compiled import Compile, compiled
from recsys.training.data import TrainingData, in_batches, padded
from recsys.training.plan import Plan

_ROWS = 8192
"""Ratings predicted at once."""
_SCORES = 4_000_000
"""Scores at once, of all members, that make a chunk of users."""
_FEW, _MOST_SCORES = 32, 32_000_000
"""Users that make a chunk of large catalogues, as far as so many scores allow it: they are in memory a few times."""
_Values = Mapping[str, AnyArray]


class Measure:
    """Measures a model on the validation part.

    Rating metrics where it predicts ratings, and how much its intervals cover where it has any; ranking metrics where
    one is an objective.
    """

    def __init__(
        self,
        model: keras.Model,
        data: TrainingData,
        objective: ObjectiveSettings,
        plan: Plan,
        compile_: Compile = compiled,
    ) -> None:
        self.model, self.data, self.objective = model, data, objective
        self.rates_items = plan.loss is None and not data.train.implicit
        self.ranks_items = any(goal.family in ("ranking", "exposure") for goal in objective.objectives)
        self._draws = draws_layer(model)
        self._sums = compile_(self._rating_sums)
        self._masked = compile_(self._masked_scores)

    def __call__(self) -> _Values:
        """The metrics by name, (M,) each; none where there is no validation."""
        if not len(self.data.validation):
            return {}
        return {**(self._ratings() if self.rates_items else {}), **(self._rankings() if self.ranks_items else {})}

    def _ratings(self) -> _Values:
        order, rows = self._held_out
        means = np.asarray(self._sums(order, *rows), np.float64) / len(self.data.validation)
        values = {n: metric.of_mean(mean) for (n, metric), mean in zip(RATING_METRICS.items(), means, strict=False)}
        return values if self._draws is None else {**values, COVERAGE: means[-1]}

    @property
    def _held_out(self) -> tuple[tf.Tensor, list[tf.Tensor]]:
        return self.data.once("held out", self._batches)

    def _batches(self) -> tuple[tf.Tensor, list[tf.Tensor]]:
        validation = self.data.validation
        rows = np.arange(len(validation), dtype=np.int32)
        return tf.constant(in_batches(rows, _ROWS, len(rows))), [tf.constant(a) for a in padded(validation)]

    def _rating_sums(self, order: tf.Tensor, users: tf.Tensor, items: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        count = tf.shape(values)[0] - 1
        sums = tf.zeros((len(RATING_METRICS) + (self._draws is not None), self.model.output_shape[-1]))
        for step in tf.range(tf.shape(order)[0]):
            rows = order[step]
            predicted, others = self._predicted(tf.gather(users, rows), tf.gather(items, rows), tf.gather(values, rows))
            if self.objective.clip:
                predicted = tf.clip_by_value(predicted, *self.data.scale)
            truth, real = tf.gather(values, rows)[:, None], tf.cast(rows < count, tf.float32)[:, None]
            losses = [*(metric.loss(truth, predicted, tf) for metric in RATING_METRICS.values()), *others]
            sums += tf.stack([tf.reduce_sum(each * real, axis=0) for each in losses])
        return sums

    def _predicted(self, users: tf.Tensor, items: tf.Tensor, truth: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Ratings (B, M), and of a posterior how much of each its interval covers."""
        if self._draws is None:
            return self.model([users, items], training=False), []
        of_draws = draws_of_pairs(self.model, users, items)
        lower, upper = self._draws.cells(of_draws, truth)
        return self._draws.mean(of_draws)[:, None], [covered_share(lower, upper, INTERVAL_LEVEL, tf)[:, None]]

    def _rankings(self) -> _Values:
        objective = self.objective
        return self._part.values(
            self._lists, objective.k, objective.lengths, self._chunk, rates=self.rates_items
        ).values

    @property
    def _part(self) -> RankingPart:
        return self.data.ranking_part(self.objective)

    @property
    def _chunk(self) -> int:
        """Users ranked at once: many where scores stay in the cache, else some, as each chunk reads all item tables."""
        scores = self.data.shape.items * int(self.model.output_shape[-1])  # of one user
        return max(1, min(512, _SCORES // scores), min(_FEW, _MOST_SCORES // scores))

    def _lists(self, users: Int32Array, seen: BoolArray, k: int) -> tuple[Int32Array, BoolArray]:
        """The lists of `rank_top_k`, on all cores: of two equal scores, TensorFlow's `top_k` prefers the first."""
        order = self._part.fallback.order
        scores, broken = self._masked(tf.constant(users), tf.constant(seen[:, order]), tf.constant(order))
        length = min(k, self.data.shape.items)
        best, places = tf.math.top_k(scores, length)
        lists = np.where(np.isneginf(best), -1, order[places])
        return np.pad(lists, [(0, 0), (0, 0), (0, k - length)], constant_values=-1), np.asarray(broken)

    def _masked_scores(self, users: tf.Tensor, seen: tf.Tensor, order: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Scores (M, B, I), the items in the order in which equal ones stand, and which members have no number (M,)."""
        scores = score_some(self.model, users, order)
        lost = tf.math.is_nan(scores)
        return tf.where(seen | lost, -np.inf, scores), tf.reduce_any(lost, axis=[1, 2])
