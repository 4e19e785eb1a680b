"""The dot product of each member's two embeddings, beside what a perceptron makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class MemberDot(MemberLayer):
    """Dot products over the dimensions that both sides have."""

    def call(self, sides: Sequence[tf.Tensor]) -> tf.Tensor:
        """From items' and users' slices, (M, B, D) and (M, B, D'), to (M, B, 1)."""
        items, users = _shared(sides)
        return tf.reduce_sum(items * users, axis=-1, keepdims=True)

    def of_all(self, sides: Sequence[tf.Tensor]) -> tf.Tensor:
        """The same of each user with each item: from (M, I, D) and (M, B, D') to (M, B, I)."""
        items, users = _shared(sides)
        return tf.matmul(users, items, transpose_b=True)


def _shared(sides: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """The first dimensions, as many as the narrower side has; a member with fewer has zeros in the others."""
    narrower = min(side.shape[-1] for side in sides)
    return [side[..., :narrower] for side in sides]
