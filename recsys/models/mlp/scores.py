"""A perceptron's scores of all items for users, without the first layer's product for every pair."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers import MemberDense
from recsys.models.parts.biases import with_biases
from recsys.models.parts.tables import Layers, rows_of


def perceptron_scores(
    model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool
) -> tf.Tensor:
    """Return scores (M, B, N), with biases and mean.

    Args:
        model: A model of M members with a perceptron.
        users: User codes (B,).
        items: Item codes (N,).
        whole: Whether the items are the catalogue in its order.
        training: Whether dropout is on.
    """
    layers: Layers = {layer.name: layer for layer in model.layers}
    outputs = _outputs(layers, users, items, whole=whole, training=training)
    return with_biases(outputs, layers, users, items, whole=whole, training=training)


def _outputs(layers: Layers, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool) -> tf.Tensor:
    """Return the outputs (M, B, N) of the perceptron.

    The product of the first layer is the sum of an item's and a user's product. Each of them is computed once.
    """
    sides = []
    for side, rows in (
        ("item", rows_of(layers, "item_embedding", items, whole=whole, training=training)),
        ("user", rows_of(layers, "user_embedding", users, training=training)),
    ):
        slices = layers[f"{side}_slices"](rows)
        sides.append(layers[f"{side}_dropout"](slices, training=training) if f"{side}_dropout" in layers else slices)
    dense = [layer for layer in layers.values() if isinstance(layer, MemberDense)]
    first, *others = dense
    width = sides[0].shape[-1]
    of_items = tf.matmul(sides[0], first.kernel[:, :width])
    of_users = tf.matmul(sides[1], first.kernel[:, width:]) + first.bias[:, None, :]
    x = first.activate(of_users[:, :, None, :] + of_items[:, None, :, :])
    for layer in others:
        x = layer(x)
    product = layers.get("dot_product")
    return x[..., 0] if product is None else x[..., 0] + product.of_all(sides)
