"""Scores of all items for users by Bayesian matrix factorisation."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.bayesian_mf.distribution import DrawsDistribution
from recsys.models.layers import OrderedDraws
from recsys.models.parts.dot_product import dot_product_scores


def draws_scores(model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool) -> tf.Tensor:
    """Scores (M, B, N): a dot product, as the draws stand side by side; of ordered stars the mean of each draw's."""
    if not isinstance(model.get_layer("draws"), OrderedDraws):
        return dot_product_scores(model, users, items, whole=whole, training=training)
    draws = DrawsDistribution(model)
    # a user at a time, since there are as many predictions as draws
    scores = tf.map_fn(lambda user: draws.mean(draws.of_items(user, items)), users, fn_output_signature=tf.float32)
    return scores[None]
