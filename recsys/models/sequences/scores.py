"""Scores of items after places of histories, as matrix products."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.parts.biases import with_biases
from recsys.models.parts.tables import Layers, rows_of


def last_scores(
    model: keras.Model, histories: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool
) -> tf.Tensor:
    """Return scores (M, B, N) of items (N,) after the last place of histories (B, L).

    Args:
        model: A model of histories.
        histories: Item codes (B, L), the newest last.
        items: Item codes (N,).
        whole: Whether the items are the catalogue in its order.
        training: Whether dropout is on.
    """
    states = states_of(model, histories, training=training)[:, :, -1]
    return scores_of_states(model, states, items, whole=whole, training=training)


def states_of(model: keras.Model, histories: tf.Tensor, *, training: bool) -> tf.Tensor:
    """Return the states (M, B, L, D) of histories (B, L)."""
    return keras.Model(model.inputs[0], model.get_layer("states").output)(histories, training=training)


def scores_of_states(
    model: keras.Model, states: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool
) -> tf.Tensor:
    """Return the scores (M, P, N) of items (N,) for states (M, P, D)."""
    layers: Layers = {layer.name: layer for layer in model.layers}
    members, width = states.shape[0], states.shape[-1]
    rows = tf.reshape(rows_of(layers, "item_embedding", items, whole=whole, training=training), [-1, members, width])
    scores = tf.matmul(states, tf.transpose(rows, [1, 0, 2]), transpose_b=True)
    return with_biases(scores, layers, None, items, whole=whole, training=training)


def scores_of_targets(model: keras.Model, states: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Return the score (M, P) of one item for each state (M, P, D).

    Args:
        model: A model of histories.
        states: The states.
        targets: Item codes (P,).
    """
    layers: Layers = {layer.name: layer for layer in model.layers}
    members, width = states.shape[0], states.shape[-1]
    rows = rows_of(layers, "item_embedding", targets, training=True)
    rows = tf.transpose(tf.reshape(rows, [-1, members, width]), [1, 0, 2])
    scores = tf.reduce_sum(states * rows, axis=-1)
    if "item_bias" in layers:
        scores += tf.transpose(rows_of(layers, "item_bias", targets, training=True))
    return scores
