"""Rows of the tables in which a model looks users and items up."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import tensorflow as tf

from recsys.models.layers import MemberEmbedding

Layers = Mapping[str, keras.layers.Layer]
"""The layers of a model by name."""


def rows_of(layer: MemberEmbedding, items: tf.Tensor, *, whole: bool) -> tf.Tensor:
    """Return the rows (N, width) of items.

    Args:
        layer: The embedding of items.
        items: Item codes (N,).
        whole: Whether the items are the catalogue in its order.
    """
    table = tf.convert_to_tensor(layer.table)
    return table[: layer.rows - 1] if whole else tf.gather(table, items)
