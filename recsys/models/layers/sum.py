"""The sum of each member's columns, which turns products of embeddings into dot products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.models.layers.layout import Layout, one_hot
from recsys.models.layers.member import MemberLayer

_DIVERGED = 1e18
"""A magnitude far beyond any prediction."""


@keras.saving.register_keras_serializable("recsys")
class MemberSum(MemberLayer):
    """Sums columns by member, (B, width) to (B, M): first over lanes, then by a product with a 0/1 matrix.

    A product with 0 does not remove values that are not finite. The layer therefore excludes the groups of a diverged
    member from the product.

    Args:
        sizes: The number of columns of each member.
        lanes: The columns of a group: see `Layout`.
    """

    def __init__(self, sizes: Sequence[int], lanes: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sizes, self.lanes = list(sizes), lanes
        self.layout = Layout(self.sizes, lanes)
        self.hold(membership=one_hot(self.layout.owners, len(self.sizes)))

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return (self.lanes,)

    def call(self, columns: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: FBT001, FBT002 - Keras's convention
        """Map columns (B, width) to one number per member (B, M).

        The number of a diverged member is NaN, except in training.
        """
        if len(self.sizes) == 1:
            return tf.reduce_sum(columns, axis=1, keepdims=True)
        sums = _summed_by_member(columns, self.constants["membership"])
        if training:
            return sums
        groups = _over_lanes(columns, self.layout.groups)
        diverged = tf.cast(tf.reduce_any(~(tf.abs(groups) < _DIVERGED), axis=0), sums.dtype)
        return tf.where(tf.linalg.matvec(self.constants["membership"], diverged, transpose_a=True) > 0, np.nan, sums)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "sizes": self.sizes, "lanes": self.lanes}


@tf.custom_gradient
def _summed_by_member(columns: tf.Tensor, members: tf.Tensor) -> Any:
    """Sum columns (B, width) over lanes, then multiply them by the 0/1 matrix (groups, M), without non-finite values.

    The gradient is explicit, because XLA makes slow loops of the gradients of reshapes and reductions.
    """
    groups = members.shape[0]
    lanes = columns.shape[1] // groups

    def backwards(upstream: tf.Tensor) -> tuple[tf.Tensor, None]:
        return tf.concat([tf.matmul(_finite(upstream), members, transpose_b=True)] * lanes, axis=1), None

    return tf.matmul(_finite(_over_lanes(columns, groups)), members), backwards


def _over_lanes(columns: tf.Tensor, groups: int) -> tf.Tensor:
    """Return the sums over lanes (B, groups)."""
    return tf.add_n(tf.split(columns, columns.shape[1] // groups, axis=1))


def _finite(values: tf.Tensor) -> tf.Tensor:
    return tf.where(tf.abs(values) < _DIVERGED, values, 0.0)
