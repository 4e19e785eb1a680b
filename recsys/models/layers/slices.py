"""From columns to one slice a member, and back to one output a member."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class MemberSplit(MemberLayer):
    """Columns of equally wide members, (B, M·D), as one slice a member: (M, B, D)."""

    def __init__(self, members: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.members = members

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides shapes."""
        return (self.members,)

    def call(self, columns: tf.Tensor) -> tf.Tensor:
        """From (B, M·D) to (M, B, D)."""
        width = columns.shape[1] // self.members
        return tf.transpose(tf.reshape(columns, [-1, self.members, width]), [1, 0, 2])

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "members": self.members}


@keras.saving.register_keras_serializable("recsys")
class MemberOutput(MemberLayer):
    """One number a member and rating: (M, B, 1) to (B, M)."""

    def call(self, slices: tf.Tensor) -> tf.Tensor:
        """From (M, B, 1) to (B, M)."""
        return tf.transpose(slices[:, :, 0])
