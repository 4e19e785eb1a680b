"""Batches of ratings, for losses of ratings."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Float32Array
from recsys.losses.table import RATING_LOSSES
from recsys.models.layers import MemberDropout
from recsys.models.parts.penalty import layers_penalty
from recsys.models.solvers.solver import Member
from recsys.models.training_data import TrainingData, padded


class RatingBatches:
    """Shuffled batches of ratings. Every member has its own loss.

    Args:
        model: The model that is trained.
        data: The training data.
        batch: The batch size B.
    """

    def __init__(self, model: keras.Model, data: TrainingData, batch: int) -> None:
        self.model, self.data, self.batch = model, data, batch
        self.total = float(len(data.train))
        self.steps = -(-len(data.train) // batch)
        self.tensors = data.once("ratings", lambda: [tf.constant(a) for a in padded(data.train)])
        self.kinds = tf.Variable(tf.zeros((len(RATING_LOSSES), model.output_shape[-1])), trainable=False)

    def load(self, members: Sequence[Member]) -> None:
        """Load each member's loss, as a one-hot column."""
        self.kinds.assign(one_hot([str(member.point["loss"]) for member in members]))

    def passes(self, layer: MemberDropout) -> int:  # noqa: ARG002 - all are alike
        """Return 1."""
        return 1

    def round(self, seed: int, epoch: int) -> Sequence[AnyArray]:
        """Return the rows of each step (steps, B)."""
        return [self.data.order(seed, epoch, self.batch)]

    def losses(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the losses of the ratings in rows (B,), and the objective.

        The filler row has no effect.
        """
        (rows,), (users, items, values) = batch, tensors
        counts = tf.cast(rows < tf.shape(values)[0] - 1, tf.float32)
        predicted = self.model([tf.gather(users, rows), tf.gather(items, rows)], training=True)
        errors = predicted - tf.gather(values, rows)[:, None]
        losses = tf.reduce_sum(member_losses(errors, self.kinds) * counts[:, None], axis=0)
        penalties = layers_penalty(self.model)
        return losses, tf.reduce_sum(losses) / tf.reduce_sum(counts) + penalties


def member_losses(errors: tf.Tensor, kinds: tf.Tensor) -> tf.Tensor:
    """Return the loss by rating and member (B, M), each member with its own loss.

    Args:
        errors: Predicted minus true ratings (B, M).
        kinds: One-hot columns over the L losses in `RATING_LOSSES` (L, M).
    """
    return tf.add_n([kinds[place] * loss.of_errors(errors) for place, loss in enumerate(RATING_LOSSES)])


def one_hot(losses: Sequence[str]) -> Float32Array:
    """Return the names of losses, one for each member, as one-hot columns (L, M)."""
    names = [loss.name for loss in RATING_LOSSES]
    return np.eye(len(names), dtype=np.float32)[[names.index(loss) for loss in losses]].T.copy()
