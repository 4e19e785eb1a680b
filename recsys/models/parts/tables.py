"""Rows of the tables that a model looks users and items up in."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import tensorflow as tf

from recsys.models.layers import MemberEmbedding

Layers = Mapping[str, keras.layers.Layer]
"""A model's layers by name."""


def rows_of(layer: MemberEmbedding, items: tf.Tensor, *, whole: bool) -> tf.Tensor:
    """The rows of items (N,), (N, width); `whole` where these are the catalogue in its order."""
    table = tf.convert_to_tensor(layer.table)
    return table[: layer.rows - 1] if whole else tf.gather(table, items)
