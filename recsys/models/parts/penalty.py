"""The l2 penalty of batches that do not look embeddings up row by row."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers import MemberEmbedding, MemberFeatures


def embedding_penalty(
    model: keras.Model,
    users: tf.Tensor,
    user_weights: tf.Tensor,
    items: tf.Tensor | None,
    item_weights: tf.Tensor,
) -> tf.Tensor:
    """Return l2 · (Σ_u n_u |p_u|² + Σ_i n_i |q_i|²), summed over all members.

    Biases have the same penalty with their own l2, and the embedding of a feature counts for every positive.

    Args:
        model: The model.
        users: User codes (B,).
        user_weights: The contribution of each user code to n_u (B,).
        items: Item codes (B,); None for the whole catalogue in its order.
        item_weights: The contribution of each item code to n_i (B,), or (I,) for the whole catalogue.

    Returns:
        A scalar.
    """
    total = tf.constant(0.0)
    for layer in model.layers:
        if isinstance(layer, MemberFeatures) and layer.penalised:
            total += layer.penalty() * tf.reduce_sum(user_weights)
        elif isinstance(layer, MemberEmbedding) and layer.penalised:
            codes, weights = (users, user_weights) if layer.name.startswith("user") else (items, item_weights)
            table = tf.convert_to_tensor(layer.table)
            rows = table[: layer.rows - 1] if codes is None else tf.gather(table, codes)
            squares = tf.linalg.matvec(tf.square(rows), layer.constants["penalty"])
            total += tf.reduce_sum(squares * weights)
    return total


def layers_penalty(model: keras.Model) -> tf.Tensor:
    """Return the sum of the losses that the model's layers added at its last call."""
    return tf.add_n([tf.constant(0.0), *model.losses])
