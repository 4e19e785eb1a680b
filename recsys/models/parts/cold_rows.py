"""Rows that no training rating touches: they predict an average user or item, in training as in serving."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import BoolArray
from recsys.models.batches.positives import positives_of
from recsys.models.layers import MemberEmbedding, member_layers
from recsys.models.plan import Plan
from recsys.models.training_data import TrainingData


class UntrainedRows:
    """Keeps the embeddings that training never touches at the mean of the others.

    Otherwise they hold their random start. At the mean, a user without ratings is predicted as an average user, and an
    item as an average item. A loss of rankings trains the rows of all items: that nobody has chosen an item is what it
    learns of it. Least squares solve for every row, that of nobody's ratings to 0, and so 0 is the spare row too.

    Args:
        model: A model of ours; the layers of a user's own factory are left alone.
        data: What it is trained on.
        plan: How it is trained. What is drawn from a posterior has draws from the prior there, which are right.
    """

    def __init__(self, model: keras.Model, data: TrainingData, plan: Plan) -> None:
        layers = {layer.name: layer for layer in member_layers(model) if isinstance(layer, MemberEmbedding)}
        sides = {} if plan.solver == "gibbs" else _trained(data, plan)
        self._solved = plan.solver == "als"
        self._tables = [
            (layers[name].table, tf.constant(np.flatnonzero(~known)), tf.constant(known, tf.float32))
            for name, known in ((f"{side}_embedding", np.append(known, False)) for side, known in sides.items())
            if name in layers
        ]

    def fill(self) -> None:
        """Set them to the mean of the trained rows as it is now, or to 0."""
        for table, rows, known in self._tables:
            mean = tf.linalg.matvec(table.value, known, transpose_a=True) / tf.reduce_sum(known)
            row = tf.zeros_like(mean) if self._solved else mean
            table.value.scatter_update(tf.IndexedSlices(tf.tile(row[None], [tf.size(rows), 1]), rows))


def _trained(data: TrainingData, plan: Plan) -> dict[str, BoolArray]:
    """By side, which ids a rating or a choice touches, (n,)."""
    train, (users, items) = data.train, (data.shape.users, data.shape.items)
    if plan.solver == "als":
        return {"user": np.ones(users, bool), "item": np.ones(items, bool)}
    if plan.loss is not None:
        chosen = data.once(("choices", plan.seen), lambda: positives_of(train, seen=plan.seen))
        return {"user": np.bincount(chosen.users, minlength=users) > 0, "item": np.ones(items, bool)}
    return {
        "user": np.bincount(train.users, minlength=users) > 0,
        "item": np.bincount(train.items, minlength=items) > 0,
    }
