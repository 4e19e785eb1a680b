"""Absolute error, |e|, in stars: the median is what it draws a prediction to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.losses.loss import RatingLoss

if TYPE_CHECKING:
    import tensorflow as tf


def _of_errors(errors: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    return tf.abs(errors)


MEAN_ABSOLUTE_ERROR = RatingLoss("mean_absolute_error", _of_errors)
