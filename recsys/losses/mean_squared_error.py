"""Squared error, e², in squared stars: the mean is what it draws a prediction to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.losses.loss import RatingLoss

if TYPE_CHECKING:
    import tensorflow as tf


def _of_errors(errors: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    return tf.square(errors)


MEAN_SQUARED_ERROR = RatingLoss("mean_squared_error", _of_errors)
