"""Logistic loss of every item, chosen or not (Johnson 2014).

    L_u = Σ_{i chosen} x_ui log(1 + exp(-s_ui)) + α₀ Σ_{i not chosen} log(1 + exp(s_ui))

in nats; α₀ is `unobserved_weight`. Sampled, each negative stands for the c items that it was drawn for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.losses.loss import RankingLoss

if TYPE_CHECKING:
    import tensorflow as tf


def _of_all(scores: tf.Tensor, chosen: tf.Tensor, unobserved: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    # softplus(-s) = softplus(s) - s, so that one softplus serves both kinds of items
    weight = tf.where(chosen > 0, chosen, unobserved[:, None, None])
    return tf.reduce_sum(weight * tf.math.softplus(scores) - chosen * scores, axis=-1)


def _of_sampled(
    positive: tf.Tensor, negative: tf.Tensor, counts: tf.Tensor, chosen: tf.Tensor, unobserved: tf.Tensor
) -> tf.Tensor:
    import tensorflow as tf

    rest = tf.reduce_sum(counts * tf.math.softplus(negative), axis=-1)
    return chosen * tf.math.softplus(-positive) + unobserved * rest


LOGISTIC = RankingLoss("logistic", _of_all, _of_sampled, weighs_unobserved=True)
