"""Logistic loss of every item, positive or unobserved (Johnson 2014).

    L_u = Σ_{i positive} x_ui log(1 + exp(-s_ui)) + α₀ Σ_{i unobserved} log(1 + exp(s_ui))

in nats; α₀ is `unobserved_weight`. In the sampled form each negative counts for the c items that it represents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.losses.loss import RankingLoss

if TYPE_CHECKING:
    import tensorflow as tf


def _of_all(scores: tf.Tensor, weights: tf.Tensor, unobserved: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    # softplus(-s) = softplus(s) - s, so one softplus serves positive and unobserved items
    weight = tf.where(weights > 0, weights, unobserved[:, None, None])
    return tf.reduce_sum(weight * tf.math.softplus(scores) - weights * scores, axis=-1)


def _of_sampled(
    positive: tf.Tensor, negative: tf.Tensor, counts: tf.Tensor, weights: tf.Tensor, unobserved: tf.Tensor
) -> tf.Tensor:
    import tensorflow as tf

    rest = tf.reduce_sum(counts * tf.math.softplus(negative), axis=-1)
    return weights * tf.math.softplus(-positive) + unobserved * rest


LOGISTIC = RankingLoss("logistic", _of_all, _of_sampled, weighs_unobserved=True)
