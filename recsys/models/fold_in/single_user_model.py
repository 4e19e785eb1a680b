"""A model of a single user, which shares all layers but the user's own rows with the served model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float64Array
from recsys.models.kind import ModelKind
from recsys.models.layers import MemberEmbedding

UserRows = dict[str, Float64Array]
"""A person's rows by layer."""
_ROWS = {MemberEmbedding: "rows", keras.layers.Embedding: "input_dim"}
"""What each kind of embedding calls the number of its rows."""
UserLayer = Any
"""A `MemberEmbedding` or Keras's own; Keras has no types."""


class SingleUserModel:
    """A model whose user tables have a single person, and a spare row that nobody asks for.

    Args:
        kind: What kind of model it is.
        model: The served model, of user and item codes. A factory's own may have any layers, as long as it looks users
            up in embeddings.
    """

    def __init__(self, kind: ModelKind, model: keras.Model) -> None:
        self.kind = kind
        self._served = user_layers(model)
        self.model = keras.models.clone_model(model, clone_function=self._clone)
        self.layers: Mapping[str, UserLayer] = {name: self.model.get_layer(name) for name in self._served}

    def _clone(self, layer: Any) -> Any:
        if layer.name not in self._served:
            return layer
        return type(layer).from_config({**layer.get_config(), _ROWS[type(layer)]: 2})

    @property
    def variables(self) -> list[tf.Variable]:
        """The person's tables, (2, D) each, the first row the person's."""
        return [layer.weights[0].value for layer in self.layers.values()]

    def start(self) -> UserRows:
        """The rows of an average user: the mean of all."""
        return {
            name: np.asarray(layer.weights[0][:-1], np.float64).mean(axis=0) for name, layer in self._served.items()
        }

    def fill(self, rows: UserRows) -> None:
        """Let the person have these rows."""
        for name, layer in self.layers.items():
            layer.weights[0].assign(np.stack([rows[name], np.zeros_like(rows[name])]).astype(np.float32))

    def scores(self, items: int) -> Float64Array:
        """Scores of all items for the person, (I,)."""
        return np.asarray(self.scores_of_items(items)[0, 0], np.float64)

    def scores_of_items(self, items: int) -> tf.Tensor:
        """The same as a tensor, (1, 1, I)."""
        return self.kind.scores(self.model, tf.constant([0], tf.int32), tf.range(items), whole=True)


def user_layers(model: keras.Model) -> dict[str, UserLayer]:
    """The embeddings that are looked up by the user's code alone, by their names."""
    user = model.inputs[0]
    return {layer.name: layer for layer in model.layers if type(layer) in _ROWS and _depends_only_on(layer.input, user)}


def _depends_only_on(tensor: Any, source: Any) -> bool:
    if tensor is source:
        return True
    try:
        keras.Model(source, tensor)
    except ValueError:  # it takes another input too, or another instead
        return False
    return True
