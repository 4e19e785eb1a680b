"""Fold-in by descent: the user's rows that minimise the model's own loss, with all other parameters fixed.

The gradient has only a few entries, for any model and loss, so L-BFGS converges within some dozens of steps. Dropout is
off. The penalty is that of training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from scipy.optimize import minimize

from recsys.arrays import Float64Array
from recsys.losses.loss import RankingLoss
from recsys.losses.table import LOSSES
from recsys.models.fold_in.protocol import RowsFoldIn
from recsys.models.fold_in.single_user_model import SingleUserModel, UserLayer, UserRows
from recsys.models.fold_in.user_history import UserHistory
from recsys.models.layers import MemberEmbedding
from recsys.spaces.parameter import Point, Value

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind

_STEPS = 100
"""The most steps of L-BFGS."""
_ENOUGH = 1e-6
"""The relative decrease of the loss at which L-BFGS stops."""
_NEGATIVES = 4096
"""The most items that a loss of pairs compares positives with."""


class Descent:
    """The descent for one model.

    Args:
        single_user: The single-user model.
        point: The point that the model was trained with.
        items: The number of items I of the catalogue.
        added: The number of items at its end that are no negatives.
    """

    def __init__(self, single_user: SingleUserModel, point: Mapping[str, Value], items: int, added: int = 0) -> None:
        self._single_user, self._point, self._items = single_user, point, items
        self._loss = LOSSES[str(point["loss"])]
        self._l2 = {name: _l2_of(layer, point) for name, layer in single_user.layers.items()}
        self._negative = tf.constant(np.arange(items) < items - added) if added else None
        drawn = np.random.default_rng(0).permutation(items - added)[:_NEGATIVES]
        self._drawn = tf.constant(np.sort(drawn).astype(np.int32))
        self._measured = tf.function(self._measure, reduce_retracing=True)

    def rows(self, user_history: UserHistory) -> UserRows:
        """Return the user's rows for a user history."""
        if isinstance(self._loss, RankingLoss):
            items, values = user_history.positives(float(self._point.get("seen_weight", 0.0)))  # type: ignore[arg-type]
        else:
            items, values = user_history.items, user_history.values
        given = tf.constant(items), tf.constant(values.astype(np.float32))
        start = self._single_user.start()

        def measure(flat: Float64Array) -> tuple[float, Float64Array]:
            self._single_user.fill(_parted(flat, start))
            value, gradients = self._measured(*given)
            return float(value), np.concatenate([np.asarray(each, np.float64)[0] for each in gradients])

        bounds = [(0.0 if bounded else None, None) for bounded in self._bounded(start)]
        flat = np.concatenate(list(start.values()))
        options = {"maxiter": _STEPS, "ftol": _ENOUGH}
        found = minimize(measure, flat, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        return _parted(found.x, start)

    def _bounded(self, rows: UserRows) -> list[bool]:
        return [_is_bounded(layer) for name, layer in self._single_user.layers.items() for _ in rows[name]]

    def _measure(self, items: tf.Tensor, values: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Return the loss, and its gradients with respect to the user's tables."""
        variables = self._single_user.variables
        with tf.GradientTape() as tape:
            loss = (
                self._of_lists(items, values)
                if isinstance(self._loss, RankingLoss)
                else self._of_ratings(items, values)
            )
            count = tf.cast(tf.size(items), tf.float32)
            squares = zip(self._l2.values(), variables, strict=True)
            loss += count * tf.add_n([l2 * tf.reduce_sum(tf.square(table[0])) for l2, table in squares])
        return loss, [tf.convert_to_tensor(each) for each in tape.gradient(loss, variables)]

    def _of_ratings(self, items: tf.Tensor, ratings: tf.Tensor) -> tf.Tensor:
        predicted = self._single_user.model([tf.zeros_like(items), items], training=False)[:, 0]
        return tf.reduce_sum(self._loss.of_errors(predicted - ratings))  # type: ignore[union-attr]

    def _of_lists(self, items: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
        loss: Any = self._loss
        scores = self._single_user.scores_of_items(self._items)
        unobserved = tf.constant([float(self._point.get("unobserved_weight", 0.0))])  # type: ignore[arg-type]
        if loss.of_all is not None:
            chosen = tf.scatter_nd(items[:, None], weights, [self._items])
            if self._negative is not None:
                some = self._negative | (chosen > 0)
                scores, chosen = tf.boolean_mask(scores, some, axis=2), tf.boolean_mask(chosen, some)
            return tf.reduce_sum(loss.of_all(scores, chosen[None, None], unobserved))
        positive, negative = tf.gather(scores[0, 0], items), tf.gather(scores[0, 0], self._drawn)
        own = tf.reduce_any(items[:, None] == self._drawn[None, :], axis=0)
        others = tf.where(own, 0.0, 1.0)[None] * tf.ones_like(positive)[:, None]
        of_pairs = loss.of_sampled(positive[None], negative[None, None], others, weights[None], unobserved[None])
        return tf.reduce_sum(of_pairs)


class DescentFoldIn(RowsFoldIn):
    """Fold-in by descent, for any model and loss."""

    def __init__(self, kind: ModelKind, model: keras.Model, point: Point, items: int, added: int = 0) -> None:
        super().__init__(kind, model, point, items, added)
        self._descent = Descent(self.single_user, point, items, added)

    def rows(self, user_history: UserHistory) -> UserRows:
        """Return the user's rows, which `Descent` computes."""
        return self._descent.rows(user_history)


def _parted(flat: Float64Array, like: UserRows) -> UserRows:
    ends = np.cumsum([len(row) for row in like.values()])[:-1]
    return dict(zip(like, np.split(flat, ends), strict=True))


def _l2_of(layer: UserLayer, point: Mapping[str, Value]) -> float:
    if isinstance(layer, MemberEmbedding):
        return float(layer.penalties[0])
    return float(point.get("l2", 0.0))  # type: ignore[arg-type]


def _is_bounded(layer: UserLayer) -> bool:
    if isinstance(layer, MemberEmbedding):
        return bool(layer.non_negative)
    return isinstance(layer.embeddings_constraint, keras.constraints.NonNeg)
