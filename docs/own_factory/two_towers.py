"""A factory of one's own: any Keras model of a user and an item that predicts a rating."""

from collections.abc import Mapping
from typing import Any

import keras


def build(shape: Any, point: Mapping[str, Any]) -> keras.Model:
    """Two towers, whose outputs are multiplied; `shape` knows users, items and the mean rating."""
    user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
    # one spare row in each table, for ids that the data did not have
    sides = ((user, shape.users + 1), (item, shape.items + 1))
    towers = [
        keras.layers.Dense(point["tower_size"], activation="tanh")(keras.layers.Embedding(rows, 16)(ids))
        for ids, rows in sides
    ]
    biases = [keras.layers.Embedding(rows, 1, embeddings_initializer="zeros")(ids) for ids, rows in sides]
    dropped = [keras.layers.Dropout(point["dropout"])(tower) for tower in towers]
    product = keras.layers.Dot(axes=1)(dropped)
    rating = keras.layers.Rescaling(1.0, offset=shape.mean)(keras.layers.Add()([product, *biases]))
    return keras.Model([user, item], rating)
