"""The logarithm of the hyperbolic cosine of the error: e² / 2 near 0, |e| - log 2 far from it, smooth between."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from recsys.losses.loss import RatingLoss

if TYPE_CHECKING:
    import tensorflow as tf

LOG_2 = math.log(2.0)


def _of_errors(errors: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    size = tf.abs(errors)
    return size + tf.math.softplus(-2.0 * size) - LOG_2


LOG_COSH = RatingLoss("log_cosh", _of_errors)
