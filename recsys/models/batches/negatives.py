"""Batches of positives against negatives that the batch shares, for losses of pairs and for large catalogues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray
from recsys.data.ratings import Ratings
from recsys.losses.loss import SampledLoss
from recsys.models.batches.item_draws import ItemDraws
from recsys.models.batches.member_weights import MemberWeights
from recsys.models.batches.own_items import OwnItems
from recsys.models.layers import MemberDropout
from recsys.models.solvers.solver import Member
from recsys.models.training_data import in_batches

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind


class SharedNegatives:
    """Shuffled batches of positives, each against N items drawn for the whole batch.

    A step takes B · N · D multiplications. `ItemDraws` draws the negatives and weighs them. A negative that is a
    positive of the user has the weight 0. The weight of a user's unobserved items is spread over the user's positives.
    The penalty is that of batches of users.

    Args:
        kind: The kind of the model.
        model: The model that is trained.
        positives: The positives of training: see `positives_of`.
        loss: The loss of positives against negatives.
        batch: The batch size B, in positives.
        negatives: The number of negatives N.
        power: 0 draws all items with equal probability, 1 by their popularity.
    """

    def __init__(
        self,
        kind: ModelKind,
        model: keras.Model,
        positives: Ratings,
        loss: SampledLoss,
        batch: int,
        negatives: int,
        power: float,
    ) -> None:
        self.kind, self.model, self.loss, self.batch = kind, model, loss, batch
        catalogue = positives.catalogue
        self.steps = -(-len(positives) // batch)
        self.total = float(len(positives))
        self.draws = ItemDraws(positives.items, positives.released, negatives, power)
        self.own = OwnItems(positives)
        counts = np.bincount(positives.users, minlength=catalogue.users + 1)
        self.tensors = [
            tf.constant(np.append(positives.users, np.int32(catalogue.users))),
            tf.constant(np.append(positives.items, np.int32(catalogue.items))),
            tf.constant(np.append(positives.values, np.float32(0))),
            tf.constant(np.maximum(counts, 1).astype(np.float32)),
            tf.constant(self.draws.stands_for),
            self.own.words,
        ]
        self.rows = len(positives)
        self.members = MemberWeights(model)

    def load(self, members: Sequence[Member]) -> None:
        """Load each member's weights."""
        self.members.load(members)

    def passes(self, layer: MemberDropout) -> int:  # noqa: ARG002 - all are alike
        """Return 2, one for the positives and one for the negatives."""
        return 2

    def round(self, seed: int, epoch: int) -> Sequence[AnyArray]:
        """Return the rows of each step (steps, B) and its negatives (steps, N)."""
        random = np.random.default_rng([seed, epoch])
        rows = np.arange(self.rows, dtype=np.int32)
        random.shuffle(rows)
        return [in_batches(rows, self.batch, self.rows), self.draws.draw(random, self.steps)]

    def losses(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the losses of positives in rows (B,) against negatives (N,), and the objective.

        The filler row has no effect.
        """
        (rows, drawn), (users, items, values, per_user, stands_for, words) = batch, tensors
        users, items, values = (tf.gather(each, rows) for each in (users, items, values))
        others = tf.where(self.own.among(words, users, drawn), 0.0, tf.gather(stands_for, drawn)[None, :])
        present = tf.where(values != 0, 1.0, 0.0)
        positive = tf.transpose(self.model([users, items], training=True))
        negative = self.kind.scores(self.model, users, drawn, training=True)
        unobserved = self.members.unobserved[:, None] / tf.gather(per_user, users)[None, :]
        of_choices = self.loss(positive, negative, others, self.members.weigh(values), unobserved)
        losses = tf.reduce_sum(tf.where(values != 0, of_choices, 0.0), axis=1)
        penalties = self.kind.penalty(self.model, users, present, items, present)
        return losses, (tf.reduce_sum(losses) + penalties) / tf.reduce_sum(present)
