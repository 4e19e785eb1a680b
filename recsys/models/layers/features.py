"""The sum of the embeddings of an id's features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from scipy.sparse import csr_array

from recsys.arrays import AnyArray, BoolArray, Float32Array
from recsys.models.layers.embedding import MemberEmbedding

_DENSE_FROM = 32
"""A dense product is cheaper where a row has at least one of so many features."""


@keras.saving.register_keras_serializable("recsys")
class MemberFeatures(MemberEmbedding):
    """The weighted sum of the embeddings of each id's features (Kula 2015).

    The embeddings start at 0, so that the order of the features has no effect. The features of all ids are constants:
    a dense table if they are dense, otherwise lists of equal length. The spare row of the embeddings completes short
    lists.

    Args:
        known: The shape of the constants: the number of ids, with the spare one, and the number of features of a row,
            or the length of a list.
        dense: Whether the constants are a dense table.
        features: The number of features F.
        **kwargs: As of `MemberEmbedding`, without `rows`.
    """

    def __init__(self, known: Sequence[int], features: int, *, dense: bool, **kwargs: Any) -> None:
        kwargs.pop("rows", None)
        super().__init__(rows=features + 1, **kwargs)
        self.known, self.features, self.dense = tuple(known), features, dense
        self.hold(values=np.zeros(self.known, np.float32))
        if not dense:
            self.hold(lists=np.full(self.known, features, np.int32))

    @classmethod
    def of(cls, features: csr_array, like: MemberEmbedding, penalties: Sequence[float], name: str) -> MemberFeatures:
        """Return the layer of ids with features (n, F), whose sums have the columns of an embedding of the ids.

        Args:
            features: The features of all ids, with the spare one.
            like: The embedding of the ids.
            penalties: The l2 penalty of each member on an embedding of a feature.
            name: The name of the layer.
        """
        count = features.shape[1]
        longest = int(np.diff(features.indptr).max(initial=1))
        dense = longest * _DENSE_FROM >= count
        own = {name: value for name, value in like.get_config().items() if name in _SHARED}
        width = count if dense else longest
        layer = cls(
            (features.shape[0], width), count, dense=dense, start=(0.0, 0.0), penalties=penalties, **own, name=name
        )
        layer.know(features)
        return layer

    def holding(self, features: csr_array, *, dense: bool | None = None) -> MemberFeatures:
        """Return a layer with equal embeddings of features that knows other ids.

        Args:
            features: The features of these ids, with the spare one (n, F).
            dense: Whether its constants are a dense table; as here by default.
        """
        dense = self.dense if dense is None else dense
        width = self.features if dense else int(np.diff(features.indptr).max(initial=1))
        known = {"known": [features.shape[0], width], "dense": dense}
        layer: MemberFeatures = type(self).from_config({**self.get_config(), **known})
        layer.table.assign(self.table)
        layer.know(features)
        return layer

    def know(self, features: csr_array) -> None:
        """Replace the features of all ids (n, F), with the spare one."""
        values, lists = (features.toarray(), None) if self.dense else _lists(features, self.known[1])
        self.constants["values"].assign(values.astype(np.float32))
        if lists is not None:
            self.constants["lists"].assign(lists)

    @property
    def described(self) -> BoolArray:
        """Whether anything is known of each id, with the spare one (n,)."""
        return np.asarray((self.constants["values"].numpy() != 0).any(axis=1))

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return (*super().structure, self.dense)

    def sums(self, codes: tf.Tensor | None) -> tf.Tensor:
        """Return the sums (…, width) of codes (…); those of the catalogue in its order for None."""
        table = tf.convert_to_tensor(self.table)
        values = _rows(self.constants["values"], codes)
        if self.dense:
            return tf.tensordot(values, table[:-1], 1)
        lists = _rows(self.constants["lists"], codes)
        places = range(self.known[1])
        return tf.add_n([values[..., place, None] * tf.gather(table, lists[..., place]) for place in places])

    def call(self, codes: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: FBT001, FBT002 - Keras's convention
        """Map codes (…) to sums (…, width). In training the layer adds its penalty to the model's losses."""
        if training and self.penalised:
            self.add_loss(self.penalty())
        return self.sums(codes)

    def penalty(self) -> tf.Tensor:
        """Return the l2 penalty on the embeddings of all features, summed over the members."""
        return tf.reduce_sum(tf.linalg.matvec(tf.square(self.table[:-1]), self.constants["penalty"]))

    def save_own_variables(self, store: Any) -> None:
        """Store the embeddings and the features of all ids."""
        super().save_own_variables(store)
        for name in self._stored:
            store[name] = self.constants[name].numpy()

    def load_own_variables(self, store: Any) -> None:
        """Restore what `save_own_variables` stored."""
        self.table.assign(store["0"])
        for name in self._stored:
            self.constants[name].assign(store[name])

    @property
    def _stored(self) -> Sequence[str]:
        return ("values",) if self.dense else ("values", "lists")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        own = {"known": list(self.known), "features": self.features, "dense": self.dense}
        return {**super().get_config(), **own}


_SHARED = ("sizes", "seeds", "width", "lanes", "non_negative")
"""The arguments that the features share with the embedding of the ids."""


def _rows(table: tf.Variable, codes: tf.Tensor | None) -> tf.Tensor:
    return table[:-1] if codes is None else tf.gather(table, codes)


def _lists(features: csr_array, length: int) -> tuple[Float32Array, AnyArray]:
    """Return the values (n, length) and the features (n, length) of each row, completed by the spare feature."""
    lengths = np.diff(features.indptr)
    rows = np.repeat(np.arange(features.shape[0]), lengths)
    places = np.arange(len(features.indices)) - np.repeat(features.indptr[:-1], lengths)
    values = np.zeros((features.shape[0], length), np.float32)
    lists = np.full(values.shape, features.shape[1], np.int32)
    values[rows, places], lists[rows, places] = features.data, features.indices
    return values, lists
