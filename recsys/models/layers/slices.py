"""Layers that split columns into one slice per member, and join slices to one output per member."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class MemberSplit(MemberLayer):
    """Splits the columns of equally wide members (B, M·D) into one slice per member (M, B, D).

    Args:
        members: The number of members M.
    """

    def __init__(self, members: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.members = members

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return (self.members,)

    def call(self, columns: tf.Tensor) -> tf.Tensor:
        """Map columns (B, M·D) to slices (M, B, D)."""
        width = columns.shape[1] // self.members
        return tf.transpose(tf.reshape(columns, [-1, self.members, width]), [1, 0, 2])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "members": self.members}


@keras.saving.register_keras_serializable("recsys")
class MemberOutput(MemberLayer):
    """Joins one number per member and rating (M, B, 1) to outputs (B, M)."""

    def call(self, slices: tf.Tensor) -> tf.Tensor:
        """Map slices (M, B, 1) to outputs (B, M)."""
        return tf.transpose(slices[:, :, 0])
