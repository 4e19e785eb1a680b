"""Batches of users against all items, for losses of rankings and catalogues whose scores fit."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray
from recsys.data.ratings import Ratings
from recsys.losses.loss import CatalogueLoss
from recsys.models.scores import score_all
from recsys.training.batches.member_weights import MemberWeights
from recsys.training.batches.penalty import penalty
from recsys.training.data import in_batches
from recsys.training.trial import Trial


class UserBatches:
    """Shuffled batches of users, each against the whole catalogue: U · I · D multiplications a round and member.

    The penalty is l2 · (Σ_u n_u |p_u|² + Σ_i n_i |q_i|²), n the choices in the batch; all of it is divided by their
    number, as a batch of ratings is by theirs.

    Args:
        model: What is trained.
        positives: See `positives`.
        loss: What users' choices among all items come to.
        batch: Choices a step, about.
    """

    passes = 1

    def __init__(self, model: keras.Model, positives: Ratings, loss: CatalogueLoss, batch: int) -> None:
        self.model, self.loss = model, loss
        self.items = positives.catalogue.items
        self.spare = positives.catalogue.users
        self.users = np.unique(positives.users)
        self.batch = max(1, round(batch * len(self.users) / len(positives)))
        self.steps = -(-len(self.users) // self.batch)
        self.total = float(len(positives))
        table = np.zeros((self.spare + 1, self.items), np.float32)
        table[positives.users, positives.items] = positives.values
        self.tensors = [tf.constant(table)]
        self.members = MemberWeights(model)

    def load(self, trials: Sequence[Trial]) -> None:
        """Each member's weights."""
        self.members.load(trials)

    def round(self, seed: int, epoch: int) -> Sequence[AnyArray]:
        """The users of each step, (steps, B)."""
        users = self.users.copy()
        np.random.default_rng([seed, epoch]).shuffle(users)
        return [in_batches(users, self.batch, self.spare)]

    def losses(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Of users (B,); the spare one, who fills up, has chosen nothing and counts for nothing."""
        (users,), (table,) = batch, tensors
        rows = tf.gather(table, users)
        present = tf.where(rows != 0, 1.0, 0.0)
        counts = tf.reduce_sum(present, axis=1)
        scores = score_all(self.model, users, self.items, training=True)
        of_users = self.loss(scores, self.members.weigh(rows), self.members.unobserved)
        losses = tf.reduce_sum(tf.where(counts > 0, of_users, 0.0), axis=1)
        penalties = penalty(self.model, users, counts, None, tf.reduce_sum(present, axis=0))
        return losses, (tf.reduce_sum(losses) + penalties) / tf.reduce_sum(counts)
