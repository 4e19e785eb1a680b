"""The dot product of each member's two embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class MemberDot(MemberLayer):
    """Dot products over the dimensions that both sides have.

    A perceptron adds them to its output if `dot_product` is on.
    """

    def call(self, sides: Sequence[tf.Tensor]) -> tf.Tensor:
        """Map slices of items (M, B, D) and users (M, B, D') to dot products (M, B, 1)."""
        items, users = _shared(sides)
        return tf.reduce_sum(items * users, axis=-1, keepdims=True)

    def of_all(self, sides: Sequence[tf.Tensor]) -> tf.Tensor:
        """Return the dot products (M, B, I) of slices of all items (M, I, D) and of users (M, B, D')."""
        items, users = _shared(sides)
        return tf.matmul(users, items, transpose_b=True)


def _shared(sides: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """Return the first dimensions of both sides, as many as the narrower side has.

    A member with fewer dimensions has zeros in the others.
    """
    narrower = min(side.shape[-1] for side in sides)
    return [side[..., :narrower] for side in sides]
