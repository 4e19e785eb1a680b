"""Batches of positives against negatives that the batch shares: for losses of pairs, and for large catalogues."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray
from recsys.data.ratings import Ratings
from recsys.losses.loss import SampledLoss
from recsys.models.scores import score_some
from recsys.training.batches.member_weights import MemberWeights
from recsys.training.batches.own_items import OwnItems
from recsys.training.batches.penalty import penalty
from recsys.training.data import in_batches
from recsys.training.trial import Trial


class SharedNegatives:
    """Shuffled batches of choices, each against N items drawn for the whole batch: B · N · D multiplications a step.

    An item is drawn by its popularity to the power of `power`, and stands for 1 / (N · probability) items of the
    catalogue, so that sums over negatives estimate sums over all items; in a softmax that is the log-Q correction. A
    negative that the user has chosen has no say. What a user's unobserved items weigh is spread over the user's
    choices. The penalty is that of batches of users.

    Args:
        model: What is trained.
        positives: See `positives`.
        loss: What a choice against negatives comes to.
        batch: B, choices a step.
        negatives: N.
        power: 0 draws all items alike, 1 by their popularity.
    """

    passes = 2

    def __init__(
        self,
        model: keras.Model,
        positives: Ratings,
        loss: SampledLoss,
        batch: int,
        negatives: int,
        power: float,
    ) -> None:
        self.model, self.loss, self.batch, self.negatives = model, loss, batch, negatives
        catalogue = positives.catalogue
        self.steps = -(-len(positives) // batch)
        self.total = float(len(positives))
        popularity = np.bincount(positives.items, minlength=catalogue.items)[: catalogue.items]
        # an item that nobody has chosen is drawn as if one person had
        weights = np.maximum(popularity, 1).astype(np.float64) ** power
        self._drawn_below = np.cumsum(weights) / weights.sum()
        self.items = catalogue.items
        self.own = OwnItems(positives)
        counts = np.bincount(positives.users, minlength=catalogue.users + 1)
        self.tensors = [
            tf.constant(np.append(positives.users, np.int32(catalogue.users))),
            tf.constant(np.append(positives.items, np.int32(catalogue.items))),
            tf.constant(np.append(positives.values, np.float32(0))),
            tf.constant(np.maximum(counts, 1).astype(np.float32)),
            tf.constant((weights.sum() / weights / negatives).astype(np.float32)),
            self.own.words,
        ]
        self.rows = len(positives)
        self.members = MemberWeights(model)

    def load(self, trials: Sequence[Trial]) -> None:
        """Each member's weights."""
        self.members.load(trials)

    def round(self, seed: int, epoch: int) -> Sequence[AnyArray]:
        """The rows of each step (steps, B) and its negatives (steps, N)."""
        random = np.random.default_rng([seed, epoch])
        rows = np.arange(self.rows, dtype=np.int32)
        random.shuffle(rows)
        drawn = np.searchsorted(self._drawn_below, random.random((self.steps, self.negatives)), side="right")
        return [in_batches(rows, self.batch, self.rows), np.minimum(drawn, self.items - 1).astype(np.int32)]

    def losses(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Of positives in rows (B,) against negatives (N,); the filler row counts for nothing."""
        (rows, drawn), (users, items, values, per_user, stands_for, words) = batch, tensors
        users, items, values = (tf.gather(each, rows) for each in (users, items, values))
        others = tf.where(self.own.among(words, users, drawn), 0.0, tf.gather(stands_for, drawn)[None, :])
        present = tf.where(values != 0, 1.0, 0.0)
        positive = tf.transpose(self.model([users, items], training=True))
        negative = score_some(self.model, users, drawn, training=True)
        unobserved = self.members.unobserved[:, None] / tf.gather(per_user, users)[None, :]
        of_choices = self.loss(positive, negative, others, self.members.weigh(values), unobserved)
        losses = tf.reduce_sum(tf.where(values != 0, of_choices, 0.0), axis=1)
        penalties = penalty(self.model, users, present, items, present)
        return losses, (tf.reduce_sum(losses) + penalties) / tf.reduce_sum(present)
