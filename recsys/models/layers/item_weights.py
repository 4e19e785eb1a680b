"""Weights between items, summed over a history in which later items may count more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from recsys.arrays import Float32Array
from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class ItemWeights(MemberLayer):
    """Sums the rows of a history in a table (I, I), with weights that halve after `half_life` later items.

    Args:
        items: The number of items I.
        half_life: The half-life in steps; 0 for equal weights.
    """

    def __init__(self, items: int, half_life: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.items, self.half_life = items, half_life
        self.hold(decay=tf.constant(0.5 ** (1 / half_life) if half_life else 1.0, tf.float32))
        self.table = self.add_weight(name="table", shape=(items, items), trainable=False, initializer="zeros")

    def of_all(self, history: tf.Tensor) -> tf.Tensor:
        """Return the scores of all items (B, I) after histories (B, L), the newest last."""
        length = history.shape[1]
        ago = tf.range(length - 1, -1, -1, dtype=tf.float32)
        weights = tf.broadcast_to(tf.pow(self.constants["decay"], ago), tf.shape(history))
        rows = tf.range(tf.shape(history)[0])[:, None] * (self.items + 1) + history
        count = tf.shape(history)[0] * (self.items + 1)
        chosen = tf.math.unsorted_segment_sum(tf.reshape(weights, [-1]), tf.reshape(rows, [-1]), count)
        return tf.matmul(tf.reshape(chosen, [-1, self.items + 1])[:, :-1], self.table)

    def call(self, history: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        """Return the scores (B, 1) of item codes (B,) after histories (B, L); 0 for the spare code."""
        scores = tf.pad(self.of_all(history), [[0, 0], [0, 1]])
        return tf.gather(scores, codes, axis=1, batch_dims=1)[:, None]

    def compute_output_spec(self, history: Any, codes: Any) -> keras.KerasTensor:  # noqa: ARG002 - one score a case
        """Return the symbolic output of shape (B, 1)."""
        return keras.KerasTensor((history.shape[0], 1), "float32")

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Return the value of the only member."""
        return [per_member[0]]

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:  # noqa: ARG002 - it has one member
        """Return the table of the only member."""
        return list(arrays)

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:  # noqa: ARG002 - it has one member
        """Write the table of the only member, in place."""
        arrays[0][:] = own[0]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "items": self.items, "half_life": self.half_life}
