"""Batches of users against all items, for ranking losses and catalogues whose scores fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray
from recsys.data.ratings import Ratings
from recsys.losses.loss import CatalogueLoss
from recsys.models.batches.member_weights import MemberWeights
from recsys.models.layers import MemberDropout
from recsys.models.solvers.solver import Member
from recsys.models.training_data import in_batches

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind


class UserBatches:
    """Shuffled batches of users, each against the whole catalogue.

    A round takes U · I · D multiplications for each member. The penalty is l2 · (Σ_u n_u |p_u|² + Σ_i n_i |q_i|²),
    where n counts the positives in the batch. The objective is divided by their number, as that of a batch of ratings
    is by the number of ratings.

    Args:
        kind: The kind of the model.
        model: The model that is trained.
        positives: The positives of training: see `positives_of`.
        loss: The loss of users' positives among all items.
        batch: The approximate number of positives in a step.
    """

    def __init__(
        self, kind: ModelKind, model: keras.Model, positives: Ratings, loss: CatalogueLoss, batch: int
    ) -> None:
        self.kind, self.model, self.loss = kind, model, loss
        self.spare = positives.catalogue.users
        self.users = np.unique(positives.users)
        self.batch = max(1, round(batch * len(self.users) / len(positives)))
        self.steps = -(-len(self.users) // self.batch)
        self.total = float(len(positives))
        table = np.zeros((self.spare + 1, positives.catalogue.items), np.float32)
        table[positives.users, positives.items] = positives.values
        released = positives.released
        self.whole = bool(released.all())
        self.tensors = [tf.constant(table[:, released]), tf.constant(np.flatnonzero(released).astype(np.int32))]
        self.members = MemberWeights(model)

    def load(self, members: Sequence[Member]) -> None:
        """Load each member's weights."""
        self.members.load(members)

    def passes(self, layer: MemberDropout) -> int:  # noqa: ARG002 - all are alike
        """Return 1."""
        return 1

    def round(self, seed: int, epoch: int) -> Sequence[AnyArray]:
        """Return the users of each step (steps, B)."""
        users = self.users.copy()
        np.random.default_rng([seed, epoch]).shuffle(users)
        return [in_batches(users, self.batch, self.spare)]

    def losses(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the losses of users (B,), and the objective.

        The spare user, who completes the last batch, has no positives and no effect.
        """
        (users,), (table, items) = batch, tensors
        rows = tf.gather(table, users)
        present = tf.where(rows != 0, 1.0, 0.0)
        counts = tf.reduce_sum(present, axis=1)
        scores = self.kind.scores(self.model, users, items, whole=self.whole, training=True)
        of_users = self.loss(scores, self.members.weigh(rows), self.members.unobserved)
        losses = tf.reduce_sum(tf.where(counts > 0, of_users, 0.0), axis=1)
        own = None if self.whole else items
        penalties = self.kind.penalty(self.model, users, counts, own, tf.reduce_sum(present, axis=0))
        return losses, (tf.reduce_sum(losses) + penalties) / tf.reduce_sum(counts)
