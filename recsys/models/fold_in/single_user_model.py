"""The single-user model, which shares all layers of the served model except the user's own rows and features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from scipy.sparse import csr_array

from recsys.arrays import Float64Array
from recsys.models.inputs import OF_FEATURES
from recsys.models.kind import ModelKind
from recsys.models.layers import MemberEmbedding, MemberFeatures

UserRows = dict[str, Float64Array]
"""The rows of one user by layer (D,)."""
_ROWS = {MemberEmbedding: "rows", keras.layers.Embedding: "input_dim"}
"""The argument of each type of embedding that gives its number of rows."""
UserLayer = Any
"""A `MemberEmbedding` or an embedding of Keras, which has no types."""


class SingleUserModel:
    """A model whose user tables have one user, and a spare row that is never used.

    Args:
        kind: The kind of the model.
        model: The served model, of user and item codes. A user's own model may have any layers, if it looks users up in
            embeddings.
    """

    def __init__(self, kind: ModelKind, model: keras.Model) -> None:
        self.kind = kind
        self._served = user_layers(model)
        self.model = keras.models.clone_model(model, clone_function=self._clone)
        self.layers: Mapping[str, UserLayer] = {name: self.model.get_layer(name) for name in self._served}
        self._features: Mapping[str, MemberFeatures] = {
            layer.name.removesuffix(OF_FEATURES): layer for layer in self.model.layers if self._has_features(layer)
        }

    def _has_features(self, layer: Any) -> bool:
        """Whether a layer has the features of users."""
        return isinstance(layer, MemberFeatures) and layer.name.removesuffix(OF_FEATURES) in self._served

    def _clone(self, layer: Any) -> Any:
        if self._has_features(layer):
            return layer.holding(csr_array((2, layer.features), dtype=np.float32), dense=True)
        if layer.name not in self._served:
            return layer
        return type(layer).from_config({**layer.get_config(), _ROWS[type(layer)]: 2})

    @property
    def variables(self) -> list[tf.Variable]:
        """The tables of the user (2, D). The first row is the user's."""
        return [layer.weights[0].value for layer in self.layers.values()]

    def know(self, features: csr_array | None) -> None:
        """Replace the features of the user (1, F); None if nothing is known."""
        for layer in self._features.values():
            rows = csr_array((2, layer.features), dtype=np.float32) if features is None else features.copy()
            rows.resize((2, layer.features))
            layer.know(rows)

    @property
    def described(self) -> bool:
        """Whether the features say something of the user."""
        return any(layer.described[0] for layer in self._features.values())

    @property
    def means(self) -> UserRows:
        """The sums of the embeddings of the user's features, which are added to the user's own rows."""
        return {name: np.asarray(layer.sums(tf.constant([0]))[0], np.float64) for name, layer in self._features.items()}

    def start(self) -> UserRows:
        """Return the rows of an average user: the mean of all rows, or 0 where features stand for the user."""
        rows = {
            name: np.asarray(layer.weights[0][:-1], np.float64).mean(axis=0) for name, layer in self._served.items()
        }
        described = self._features if self.described else ()
        return {name: np.zeros_like(row) if name in described else row for name, row in rows.items()}

    def fill(self, rows: UserRows) -> None:
        """Assign rows to the user."""
        for name, layer in self.layers.items():
            layer.weights[0].assign(np.stack([rows[name], np.zeros_like(rows[name])]).astype(np.float32))

    def scores(self, items: int) -> Float64Array:
        """Return the user's scores of all items (I,)."""
        return np.asarray(self.scores_of_items(items)[0, 0], np.float64)

    def scores_of_items(self, items: int) -> tf.Tensor:
        """Return the user's scores of all items as a tensor (1, 1, I)."""
        return self.kind.scores(self.model, tf.constant([0], tf.int32), tf.range(items), whole=True)


def user_layers(model: keras.Model) -> dict[str, UserLayer]:
    """Return by name the embeddings whose input depends on the user's code alone."""
    user = model.inputs[0]
    return {layer.name: layer for layer in model.layers if type(layer) in _ROWS and _depends_only_on(layer.input, user)}


def _depends_only_on(tensor: Any, source: Any) -> bool:
    if tensor is source:
        return True
    try:
        keras.Model(source, tensor)
    except ValueError:  # the tensor depends on another input
        return False
    return True
