"""Measure: the validation metrics of all members of a cohort."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, BoolArray, Int32Array
from recsys.evaluation.fallback import lists_of
from recsys.evaluation.intervals import COVERAGE, INTERVAL_LEVEL, covered_share
from recsys.evaluation.metrics.rating import RATING_METRICS
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import RankingPart, ranking_part
from recsys.models.kind import ModelKind
from recsys.models.plan import Plan
from recsys.models.training_data import TrainingData, in_batches, padded
from recsys.training.compiled import Compile, compiled

_ROWS = 8192
"""The number of ratings that are predicted at once."""
_SCORES = 4_000_000
"""The number of scores, over all members, that a chunk of users has."""
_FEW, _MOST_SCORES = 32, 32_000_000
"""The number of users in a chunk for large catalogues, and the most scores of such a chunk, which are in memory a few
times."""
_Values = Mapping[str, AnyArray]


class Measure:
    """Measures a model on the validation part.

    It computes rating metrics if the model predicts ratings, the coverage of its intervals if it has a predictive
    distribution, and ranking metrics if one is an objective.

    Args:
        kind: The kind of the model.
        model: The model of M members.
        data: The training and validation ratings.
        objective: The settings `[objective]`.
        plan: The plan of the cohort.
        compile_: Compiles a function of tensors.
    """

    def __init__(
        self,
        kind: ModelKind,
        model: keras.Model,
        data: TrainingData,
        objective: ObjectiveSettings,
        plan: Plan,
        compile_: Compile = compiled,
    ) -> None:
        self.kind, self.model, self.data, self.objective = kind, model, data, objective
        self.rates_items = plan.loss is None and not data.train.implicit and not kind.only_ranks
        self.ranks_items = any(goal.family in ("ranking", "exposure") for goal in objective.objectives)
        self._distribution = kind.distribution(model)
        self._length = kind.history_length(model)
        self._sums = compile_(self._rating_sums)
        self._masked = compile_(self._masked_scores)

    def __call__(self) -> _Values:
        """Return the metrics by name (M,); none if the validation part is empty."""
        if not len(self.data.validation):
            return {}
        return {**(self._ratings() if self.rates_items else {}), **(self._rankings() if self.ranks_items else {})}

    def _ratings(self) -> _Values:
        order, rows = self._held_out
        means = np.asarray(self._sums(order, *rows), np.float64) / len(self.data.validation)
        values = {n: metric.of_mean(mean) for (n, metric), mean in zip(RATING_METRICS.items(), means, strict=False)}
        return values if self._distribution is None else {**values, COVERAGE: means[-1]}

    @property
    def _held_out(self) -> tuple[tf.Tensor, list[tf.Tensor]]:
        return self.data.once("held out", self._batches)

    def _batches(self) -> tuple[tf.Tensor, list[tf.Tensor]]:
        validation = self.data.validation
        rows = np.arange(len(validation), dtype=np.int32)
        return tf.constant(in_batches(rows, _ROWS, len(rows))), [tf.constant(a) for a in padded(validation)]

    def _rating_sums(self, order: tf.Tensor, users: tf.Tensor, items: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        count = tf.shape(values)[0] - 1
        sums = tf.zeros((len(RATING_METRICS) + (self._distribution is not None), self.model.output_shape[-1]))
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
        """Return ratings (B, M) and, with a predictive distribution, the covered share of each (B, 1)."""
        if self._distribution is None:
            return self.model([users, items], training=False), []
        of_draws = self._distribution.of_pairs(users, items)
        lower, upper = self._distribution.cells(of_draws, truth)
        return self._distribution.mean(of_draws)[:, None], [covered_share(lower, upper, INTERVAL_LEVEL, tf)[:, None]]

    def _rankings(self) -> _Values:
        objective = self.objective
        return self._part.values(
            self._lists,
            objective.k,
            objective.lengths,
            self._chunk,
            rates=self.rates_items,
            reads=self._length > 0,
            features=self.kind.reads_features(self.model),
        ).values

    @property
    def _part(self) -> RankingPart:
        return ranking_part_of(self.data, self.objective)

    @property
    def _chunk(self) -> int:
        """The number of users that are ranked at once.

        It is large if the scores stay in the cache. Else it is at least a few, because each chunk reads all item
        tables. All chunks are equally large, so that hardly any of their users only complete the last one.
        """
        scores = self.data.shape.items * int(self.model.output_shape[-1])  # for one user
        most = max(1, min(512, _SCORES // scores), min(_FEW, _MOST_SCORES // scores))
        users = max(1, len(self._part.users))
        return -(-users // -(-users // most))

    def _lists(self, cases: Int32Array, hidden: BoolArray, k: int) -> tuple[Int32Array, BoolArray]:
        """Return the lists of `rank_top_k`. `top_k` uses all cores, and prefers the first of two equal scores."""
        order = self._part.fallback.order
        masked = np.take(hidden, order, axis=1, mode="clip")  # without checks of bounds a third of the time
        scores, broken = self._masked(tf.constant(self._people[cases]), tf.constant(masked), tf.constant(order))
        best, places = tf.math.top_k(scores, min(k, self.data.shape.items))
        return lists_of(best.numpy(), places.numpy(), k, order), np.asarray(broken)

    @property
    def _people(self) -> Int32Array:
        """The users of all cases (V,), or the newest items of their histories (V, L) for a model that reads them."""
        if not self._length:
            return self._part.users
        key = "windows", self._length, self.objective.threshold, self.objective.users
        return self.data.once(key, lambda: self.kind.windows(self.model, self._part.cases.histories))

    def _masked_scores(self, people: tf.Tensor, hidden: tf.Tensor, order: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return scores (M, B, I) in the tie order of the items, and which members have NaN scores (M,).

        Hidden items and NaN have the score -inf.
        """
        scores = self.kind.scores(self.model, people, order)
        lost = tf.math.is_nan(scores)
        return tf.where(hidden | lost, -np.inf, scores), tf.reduce_any(lost, axis=[1, 2])


def ranking_part_of(data: TrainingData, objective: ObjectiveSettings) -> RankingPart:
    """Return the validation part for ranking metrics, made once for all programs."""
    key = "ranking part", objective.threshold, objective.users, *objective.named
    return data.once(key, lambda: ranking_part(data.train, data.validation, objective))
