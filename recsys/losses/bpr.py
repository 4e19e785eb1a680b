"""Bayesian personalised ranking: positives above negatives, by pairs (Rendle et al. 2009).

    L_ui = mean over the negatives j of log(1 + exp(s_uj - s_ui))

in nats. Negatives that are positives of the user are ignored. As a loss of pairs it is always sampled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.losses.loss import RankingLoss

if TYPE_CHECKING:
    import tensorflow as tf


def _of_sampled(
    positive: tf.Tensor, negative: tf.Tensor, counts: tf.Tensor, weights: tf.Tensor, _unobserved: tf.Tensor
) -> tf.Tensor:
    import tensorflow as tf

    others = tf.where(counts > 0, 1.0, 0.0)
    pairs = tf.reduce_sum(others * tf.math.softplus(negative - positive[..., None]), axis=-1)
    return weights * tf.math.divide_no_nan(pairs, tf.reduce_sum(others, axis=-1))


BPR = RankingLoss("bpr", None, _of_sampled)
