"""Scores of many items for each of many users, from the model's output for every pair."""

from __future__ import annotations

import keras
import tensorflow as tf


def scores_of_pairs(model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, training: bool = False) -> tf.Tensor:
    """Return scores (M, B, N) of items for users.

    Args:
        model: The model of M members.
        users: User codes (B,).
        items: Item codes (N,).
        training: Whether dropout is on.
    """
    count = tf.shape(items)[0]
    pairs = tf.repeat(users, count), tf.tile(items, [tf.shape(users)[0]])
    scores = model(list(pairs), training=training)
    return tf.transpose(tf.reshape(scores, [tf.shape(users)[0], count, scores.shape[-1]]), [2, 0, 1])
