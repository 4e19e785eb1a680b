"""Huber's loss (1964): e² / 2 up to an error of one star, |e| - 1/2 beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.losses.loss import RatingLoss

if TYPE_CHECKING:
    import tensorflow as tf


def _of_errors(errors: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    size = tf.abs(errors)
    return tf.where(size <= 1.0, 0.5 * tf.square(errors), size - 0.5)


HUBER = RatingLoss("huber", _of_errors)
