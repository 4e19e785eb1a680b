"""Scores of all items for users by Bayesian matrix factorisation."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.bayesian_mf.distribution import DrawsDistribution
from recsys.models.layers import OrderedDraws
from recsys.models.parts.dot_product import dot_product_scores


def draws_scores(model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool) -> tf.Tensor:
    """Return scores (M, B, N).

    They are one dot product, because the draws are side by side. For ordinal ratings they are the mean of the ratings
    that the draws expect.

    Args:
        model: The model of M members; of one for ordinal ratings.
        users: User codes (B,).
        items: Item codes (N,).
        whole: Whether the items are the catalogue in its order.
        training: No effect, because the model has no dropout.
    """
    if not isinstance(model.get_layer("draws"), OrderedDraws):
        return dot_product_scores(model, users, items, whole=whole, training=training)
    draws = DrawsDistribution(model)
    # one user at a time, because each item has as many predictions as draws
    scores = tf.map_fn(lambda user: draws.mean(draws.of_items(user, items)), users, fn_output_signature=tf.float32)
    return scores[None]
