"""The l2 penalty of batches that do not go through the embeddings row by row."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers import MemberEmbedding


def embedding_penalty(
    model: keras.Model,
    users: tf.Tensor,
    user_weights: tf.Tensor,
    items: tf.Tensor | None,
    item_weights: tf.Tensor,
) -> tf.Tensor:
    """l2 · (Σ_u n_u |p_u|² + Σ_i n_i |q_i|²), of all members; biases alike with their own l2.

    Args:
        model: Whose scores the batch was given.
        users: Codes (B,).
        user_weights: What of n_u each of them is (B,).
        items: Codes (B,); None for the whole catalogue in its order.
        item_weights: What of n_i each of them is.
    """
    total = tf.constant(0.0)
    for layer in model.layers:
        if isinstance(layer, MemberEmbedding) and layer.penalised:
            codes, weights = (users, user_weights) if layer.name.startswith("user") else (items, item_weights)
            table = tf.convert_to_tensor(layer.table)
            rows = table[: layer.rows - 1] if codes is None else tf.gather(table, codes)
            squares = tf.linalg.matvec(tf.square(rows), layer.constants["penalty"])
            total += tf.reduce_sum(squares * weights)
    return total


def layers_penalty(model: keras.Model) -> tf.Tensor:
    """What the model's layers asked for when it was last called."""
    return tf.add_n([tf.constant(0.0), *model.losses])
