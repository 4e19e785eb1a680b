"""Losses of ratings: from the error e = r̂ - r of each rating, in stars, to its loss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from recsys.losses.loss import RatingLoss

if TYPE_CHECKING:
    import tensorflow as tf

LOG_2 = math.log(2.0)


def _squared(errors: tf.Tensor) -> tf.Tensor:
    """e², in squared stars; its minimiser is the mean."""
    import tensorflow as tf

    return tf.square(errors)


def _absolute(errors: tf.Tensor) -> tf.Tensor:
    """|e|, in stars; its minimiser is the median."""
    import tensorflow as tf

    return tf.abs(errors)


def _huber(errors: tf.Tensor) -> tf.Tensor:
    """e² / 2 up to an error of one star, |e| - 1/2 beyond (Huber 1964)."""
    import tensorflow as tf

    size = tf.abs(errors)
    return tf.where(size <= 1.0, 0.5 * tf.square(errors), size - 0.5)


def _log_cosh(errors: tf.Tensor) -> tf.Tensor:
    """Log cosh e: close to e² / 2 near 0 and to |e| - log 2 far from it, and smooth everywhere."""
    import tensorflow as tf

    size = tf.abs(errors)
    return size + tf.math.softplus(-2.0 * size) - LOG_2


MEAN_SQUARED_ERROR = RatingLoss("mean_squared_error", _squared)
MEAN_ABSOLUTE_ERROR = RatingLoss("mean_absolute_error", _absolute)
HUBER = RatingLoss("huber", _huber)
LOG_COSH = RatingLoss("log_cosh", _log_cosh)
