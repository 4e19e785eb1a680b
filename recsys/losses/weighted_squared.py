"""Weighted squared error, the implicit matrix-factorisation objective (Hu et al. 2008, as in Rendle et al. 2022).

    L_u = Σ_{i positive} x_ui (1 - s_ui)² + α₀ Σ_{i unobserved} s_ui²

The target of a positive is 1, with its weight x; that of any other item is 0, with the weight α₀
(`unobserved_weight`). In the sampled form each negative counts for the c items that it represents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.losses.loss import RankingLoss

if TYPE_CHECKING:
    import tensorflow as tf


def _of_all(scores: tf.Tensor, weights: tf.Tensor, unobserved: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    rest = tf.where(weights > 0, 0.0, unobserved[:, None, None])
    return tf.reduce_sum(weights * tf.square(1.0 - scores) + rest * tf.square(scores), axis=-1)


def _of_sampled(
    positive: tf.Tensor, negative: tf.Tensor, counts: tf.Tensor, weights: tf.Tensor, unobserved: tf.Tensor
) -> tf.Tensor:
    import tensorflow as tf

    rest = tf.reduce_sum(counts * tf.square(negative), axis=-1)
    return weights * tf.square(1.0 - positive) + unobserved * rest


WEIGHTED_SQUARED = RankingLoss("weighted_squared", _of_all, _of_sampled, weighs_unobserved=True)
