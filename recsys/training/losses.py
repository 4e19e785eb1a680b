"""The losses of the members of a cohort, each member with its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from recsys.models.parameters import LOSSES


def member_losses(errors: tf.Tensor, kinds: tf.Tensor) -> tf.Tensor:
    """Loss by rating and member, (B, M), as Keras defines them; Huber's delta is 1.

    Args:
        errors: Predicted minus true ratings (B, M).
        kinds: One-hot rows of `LOSSES` (4, M).
    """
    size = tf.abs(errors)
    square = tf.square(errors)
    huber = tf.where(size <= 1.0, 0.5 * square, size - 0.5)
    log_cosh = size + tf.math.softplus(-2.0 * size) - np.log(2.0).astype(np.float32)
    return kinds[0] * square + kinds[1] * size + kinds[2] * huber + kinds[3] * log_cosh


def one_hot(losses: Sequence[str]) -> npt.NDArray[np.float32]:
    """Names of losses, one a member, as one-hot columns (4, M)."""
    return np.eye(len(LOSSES), dtype=np.float32)[[LOSSES.index(loss) for loss in losses]].T.copy()
