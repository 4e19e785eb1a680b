"""Softmax over the catalogue: the multinomial likelihood of a user's positives (Liang et al. 2018).

    L_u = - Σ_i x_ui log softmax(s_u)_i = n_u log Σ_j exp(s_uj) - Σ_i x_ui s_ui,    n_u = Σ_i x_ui

in nats, with the weights x of the positives. In the sampled form each negative counts for the c items that it
represents, the log-Q correction (Bengio and Senécal 2008): log Σ_j exp(s_uj) ≈ log(exp(s_ui) + Σ_j c_j exp(s_uj)). The
sum leaves out the user's other positives, so that none lowers the score of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.losses.loss import RankingLoss

if TYPE_CHECKING:
    import tensorflow as tf


def _of_all(scores: tf.Tensor, weights: tf.Tensor, _unobserved: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    count = tf.reduce_sum(weights, axis=-1)
    return count * tf.reduce_logsumexp(scores, axis=-1) - tf.reduce_sum(weights * scores, axis=-1)


def _of_sampled(
    positive: tf.Tensor, negative: tf.Tensor, counts: tf.Tensor, weights: tf.Tensor, _unobserved: tf.Tensor
) -> tf.Tensor:
    import tensorflow as tf

    others = tf.where(counts > 0, negative + tf.math.log(tf.maximum(counts, 1e-30)), -1e30)
    return weights * (tf.reduce_logsumexp(tf.concat([positive[..., None], others], axis=-1), axis=-1) - positive)


SOFTMAX = RankingLoss("softmax", _of_all, _of_sampled)
