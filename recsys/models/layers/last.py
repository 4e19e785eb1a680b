"""The state after the last place of a history."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class LastPlace(MemberLayer):
    """Maps the states of all places (M, B, L, D) to those of the last one (M, B, D)."""

    def call(self, states: tf.Tensor) -> tf.Tensor:
        """Return the last states."""
        return states[:, :, -1]
