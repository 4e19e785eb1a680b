"""Cold rows: rows that no training rating touches. They predict an average user or item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import BoolArray
from recsys.models.batches.choose import positives_once
from recsys.models.inputs import OF_FEATURES
from recsys.models.layers import MemberEmbedding, MemberFeatures, member_layers
from recsys.models.plan import Plan
from recsys.models.solvers.method import ALS
from recsys.models.training_data import TrainingData


class ColdRows:
    """Sets the embeddings of cold users and items, which training never touches, to the mean of the others.

    The row of an id with features becomes 0, because its features stand for it. Without this, cold rows would keep
    their random initial values. With it, the model predicts a user without ratings as an
    average user, and an item as an average item. A ranking loss trains the rows of all items: an item without positives
    is information for it. Least squares solve for every row: a row without ratings becomes 0, and so does the spare
    row.

    Args:
        tables: By the name of an embedding, which of its rows were trained (rows,), with the spare row. Names that the
            model lacks are ignored.
        model: The model of the embeddings.
        solved: Whether cold rows are 0, and not the mean.
    """

    def __init__(self, tables: Mapping[str, BoolArray], model: keras.Model, *, solved: bool = False) -> None:
        layers = {layer.name: layer for layer in member_layers(model) if isinstance(layer, MemberEmbedding)}
        self._tables = [
            _ColdTable.of(layers[name], layers.get(name + OF_FEATURES), known, solved=solved)
            for name, known in tables.items()
            if name in layers
        ]

    @classmethod
    def of(cls, model: keras.Model, data: TrainingData, plan: Plan) -> ColdRows:
        """Return the cold rows of `user_embedding` and `item_embedding` under a plan."""
        sides = _trained(data, plan)
        tables = {f"{side}_embedding": np.append(known, False) for side, known in sides.items()}
        return cls(tables, model, solved=plan.solver == ALS.name)

    @classmethod
    def none(cls, model: keras.Model) -> ColdRows:
        """Return an instance without cold rows."""
        return cls({}, model)

    def fill(self) -> None:
        """Set cold rows to the present mean of the trained rows, or to 0."""
        for table in self._tables:
            table.fill()


@dataclass(frozen=True, eq=False)
class _ColdTable:
    """The cold rows of one embedding."""

    layer: MemberEmbedding
    features: MemberFeatures | None
    empty: tf.Tensor
    """The rows that become 0, also because the features of their ids stand for them (C,)."""
    average: tf.Tensor
    """The rows that become the mean of the trained rows (A,)."""
    trained: tf.Tensor
    """1 for a trained row, otherwise 0 (rows,)."""

    @classmethod
    def of(
        cls, layer: MemberEmbedding, features: MemberFeatures | None, known: BoolArray, *, solved: bool
    ) -> _ColdTable:
        described = np.zeros(len(known), bool) if features is None else features.described
        zero = np.ones(len(known), bool) if solved else described
        empty, average = (tf.constant(np.flatnonzero(~known & some)) for some in (zero, ~zero))
        return cls(layer, features, empty, average, tf.constant(known, tf.float32))

    def fill(self) -> None:
        table = self.layer.table.value
        if self.empty.shape[0]:
            table.scatter_update(tf.IndexedSlices(tf.zeros([self.empty.shape[0], table.shape[1]]), self.empty))
        if self.average.shape[0]:
            whole = table if self.features is None else table + self.features.sums(tf.range(self.layer.rows))
            mean = tf.linalg.matvec(whole, self.trained, transpose_a=True) / tf.reduce_sum(self.trained)
            table.scatter_update(tf.IndexedSlices(tf.tile(mean[None], [self.average.shape[0], 1]), self.average))


def _trained(data: TrainingData, plan: Plan) -> dict[str, BoolArray]:
    """Return by side whether a training rating or a positive touches each id (n,)."""
    train, (users, items) = data.train, (data.shape.users, data.shape.items)
    if plan.solver == ALS.name:
        return {"user": np.ones(users, bool), "item": np.ones(items, bool)}
    if plan.loss is not None:
        chosen = positives_once(data, seen=plan.seen)
        return {"user": np.bincount(chosen.users, minlength=users) > 0, "item": train.released}
    return {
        "user": np.bincount(train.users, minlength=users) > 0,
        "item": np.bincount(train.items, minlength=items) > 0,
    }
