"""Decayed sums over a history: what was chosen recently counts more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float32Array
from recsys.models.layers.member import MemberLayer

SLOWEST, FASTEST = 0.95, 0.27
"""The initial decays of the slowest and of the fastest head."""
_LEAST = 1e-6
"""A lower bound of the sum of weights, for places before the first item."""


@keras.saving.register_keras_serializable("recsys")
class DecayedSums(MemberLayer):
    """Sums the rows of a history with weights that decay by steps, at a learnt rate for each head.

        h_t = Σ_{s ≤ t} λ^(t - s) e_s / √(Σ_{s ≤ t} λ^(t - s))

    Every H-th column of a member belongs to the same head, which has its own λ in (0, 1). The sums of all places are
    one product with a matrix (L, L) of weights for each head.

    Args:
        sizes: The embedding dimension D of each member.
        width: The number of columns of each member; those past its own D are 0.
        heads: The number of heads H.
        padding: The item code of a place without an item.
    """

    def __init__(self, sizes: Sequence[int], width: int, heads: int, padding: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sizes, self.width, self.heads, self.padding = list(sizes), width, heads, padding
        self.logits = self.add_weight(name="logits", shape=(len(self.sizes), heads), initializer=self._initial)

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return (self.heads, self.padding)

    def _initial(self, shape: Any, dtype: Any) -> Float32Array:
        fastest, slowest = (np.log(decay / (1 - decay)) for decay in (FASTEST, SLOWEST))
        return np.broadcast_to(np.linspace(fastest, slowest, shape[1]), shape).astype(dtype)

    def call(self, rows: tf.Tensor, history: tf.Tensor) -> tf.Tensor:
        """Return the sums up to each place.

        Args:
            rows: The rows of the items of histories (B, L, M·D).
            history: Their codes (B, L), the newest last.

        Returns:
            The sums (M, B, L, D); 0 at places before the first item.
        """
        members, heads, length = len(self.sizes), self.heads, history.shape[1]
        present = tf.cast(history != self.padding, rows.dtype)
        steps = tf.range(length)[:, None] - tf.range(length)[None, :]
        log_decays = tf.math.log_sigmoid(self.logits)[:, :, None, None]
        weights = tf.where(steps >= 0, tf.exp(tf.cast(tf.maximum(steps, 0), rows.dtype) * log_decays), 0.0)
        rows = tf.reshape(rows * present[:, :, None], [-1, length, members, self.width])
        share = -(-self.width // heads)
        rows = tf.pad(rows, [[0, 0], [0, 0], [0, 0], [0, share * heads - self.width]])
        by_head = tf.transpose(tf.reshape(rows, [-1, length, members, share, heads]), [2, 4, 1, 0, 3])
        sums = tf.matmul(weights, tf.reshape(by_head, [members, heads, length, -1]))
        sums = tf.reshape(sums, [members, heads, length, -1, share])
        totals = tf.matmul(weights, tf.transpose(present))
        states = sums * tf.math.rsqrt(tf.maximum(totals, _LEAST))[..., None]
        columns = tf.reshape(tf.transpose(states, [0, 3, 2, 4, 1]), [members, -1, length, share * heads])
        return columns[..., : self.width]

    def compute_output_spec(self, rows: Any, history: Any) -> keras.KerasTensor:
        """Return the symbolic output of shape (M, B, L, D)."""
        return keras.KerasTensor((len(self.sizes), *history.shape, self.width), rows.dtype)

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Shape a value per member (M,) to (M, 1)."""
        return [per_member[:, None]]

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:
        """Return the member's logits (1, H)."""
        return [array[member : member + 1] for array in arrays]

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write the member's logits, in place."""
        arrays[0][member] = own[0][0]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {
            **super().get_config(),
            "sizes": self.sizes,
            "width": self.width,
            "heads": self.heads,
            "padding": self.padding,
        }
