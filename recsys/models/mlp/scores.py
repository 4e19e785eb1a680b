"""Scores of all items for users by a perceptron, without going through all the pairs in its first layer."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers import MemberDense
from recsys.models.parts.biases import with_biases
from recsys.models.parts.tables import Layers, rows_of


def perceptron_scores(
    model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool
) -> tf.Tensor:
    """Scores (M, B, N), biases and mean included: see `ModelKind.scores`."""
    layers: Layers = {layer.name: layer for layer in model.layers}
    return with_biases(
        _outputs(layers, users, items, whole=whole, training=training), layers, users, items, whole=whole
    )


def _outputs(layers: Layers, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool) -> tf.Tensor:
    """The first layer's product is the sum of an item's and a user's, which are computed once each."""
    sides = []
    for side, rows in (
        ("item", rows_of(layers["item_embedding"], items, whole=whole)),
        ("user", tf.gather(layers["user_embedding"].table, users)),
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
