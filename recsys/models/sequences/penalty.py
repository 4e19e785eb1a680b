"""The l2 penalty of a batch of windows."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers import MemberEmbedding, MemberFeatures


def case_penalty(
    model: keras.Model, history: tf.Tensor, present: tf.Tensor, targets: tf.Tensor, real: tf.Tensor
) -> tf.Tensor:
    """Return l2 · (Σ |e|² over the places of histories + Σ |q|² over the targets), summed over all members.

    Biases have the same penalty with their own l2, and the embedding of a feature counts for every case. In a small
    catalogue the function counts how often the batch has each item, and squares the table once.

    Args:
        model: A model of histories.
        history: Item codes of the places (K,).
        present: 1 for a place with an item, otherwise 0 (K,).
        targets: Item codes of the cases (P,).
        real: 1 for a case, 0 for a filler (P,).

    Returns:
        A scalar.
    """
    total = tf.constant(0.0)
    for layer in model.layers:
        if isinstance(layer, MemberFeatures) and layer.penalised:
            total += layer.penalty() * tf.reduce_sum(real)
        elif isinstance(layer, MemberEmbedding) and layer.penalised:
            codes, weights = (history, present) if layer.name == "history_embedding" else (targets, real)
            table = tf.convert_to_tensor(layer.table)
            if layer.rows < (codes.shape[0] or 0):
                rows, counts = table, tf.math.unsorted_segment_sum(weights, codes, layer.rows)
            else:
                rows, counts = tf.gather(table, codes), weights
            total += tf.reduce_sum(tf.linalg.matvec(tf.square(rows), layer.constants["penalty"]) * counts)
    return total
