"""Causal self-attention over a history, its positions, and normalisation, for all members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float32Array
from recsys.models.layers.member import MemberLayer


class _ByMember(MemberLayer):
    """A layer each of whose weights has the members as its first axis."""

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Shape a value per member (M,) to broadcast against each weight (M, …)."""
        return [tf.reshape(per_member, [-1, *[1] * (len(weight.shape) - 1)]) for weight in self.weights]

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:
        """Return the member's part (1, …) of each weight."""
        return [array[member : member + 1] for array in arrays]

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write the member's part of each weight, in place."""
        for array, part in zip(arrays, own, strict=True):
            array[member] = part[0]


@keras.saving.register_keras_serializable("recsys")
class MemberPositions(_ByMember):
    """Maps the rows of a history (B, L, M·D) to (M, B, L, D), times √D, and adds an embedding of each place.

    Args:
        seeds: The seed of each member's initial values.
        length: The length L.
        width: The dimensions D.
    """

    def __init__(self, seeds: Sequence[int], length: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seeds, self.length, self.width = list(seeds), length, width
        self.table = self.add_weight(name="table", shape=(len(self.seeds), length, width), initializer=self._initial)

    def _initial(self, shape: Any, dtype: Any) -> Float32Array:
        drawn = [np.random.default_rng([seed, 7]).uniform(-0.05, 0.05, shape[1:]) for seed in self.seeds]
        return np.stack(drawn).astype(dtype)

    def call(self, rows: tf.Tensor) -> tf.Tensor:
        """Return the rows with their places (M, B, L, D)."""
        by_member = tf.reshape(rows, [-1, self.length, len(self.seeds), self.width])
        return tf.transpose(by_member, [2, 0, 1, 3]) * self.width**0.5 + self.table[:, None]

    def compute_output_spec(self, rows: Any) -> keras.KerasTensor:
        """Return the symbolic output of shape (M, B, L, D)."""
        return keras.KerasTensor((len(self.seeds), rows.shape[0], self.length, self.width), rows.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "seeds": self.seeds, "length": self.length, "width": self.width}


@keras.saving.register_keras_serializable("recsys")
class MemberNormalization(_ByMember):
    """Layer normalisation of each member (Ba et al. 2016), by Keras's own function.

    Args:
        members: The number of members M.
        width: The dimensions D that are normalised together.
    """

    def __init__(self, members: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.members, self.width = members, width
        self.gamma = self.add_weight(name="gamma", shape=(members, width), initializer="ones")
        self.beta = self.add_weight(name="beta", shape=(members, width), initializer="zeros")

    def call(self, values: tf.Tensor) -> tf.Tensor:
        """Normalise values (M, B, L, D)."""
        normal = keras.ops.layer_normalization(values, axis=-1, epsilon=1e-6)
        return normal * self.gamma[:, None, None] + self.beta[:, None, None]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "members": self.members, "width": self.width}


@keras.saving.register_keras_serializable("recsys")
class MemberAttention(MemberLayer):
    """Causal scaled dot-product attention (Vaswani et al. 2017), by Keras's own function.

    A place attends to itself and to earlier places with an item.

    Args:
        heads: The number of heads, which divides D.
        padding: The code of a place without an item.
    """

    def __init__(self, heads: int, padding: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.padding = heads, padding

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return (self.heads, self.padding)

    def call(self, query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, history: tf.Tensor) -> tf.Tensor:
        """Return the attended values (M, B, L, D).

        Args:
            query: Queries (M, B, L, D).
            key: Keys (M, B, L, D).
            value: Values (M, B, L, D).
            history: Item codes (B, L), the newest last.
        """
        members, _, length, width = value.shape
        apart = [tf.reshape(each, [-1, length, self.heads, width // self.heads]) for each in (query, key, value)]
        causal = tf.range(length)[:, None] >= tf.range(length)[None, :]
        own = tf.eye(length, dtype=tf.bool)  # a place without an item would attend to nothing
        seen = causal & ((history != self.padding)[:, None, None, :] | own)
        attended = keras.ops.dot_product_attention(
            *apart, mask=tf.tile(seen, [members, 1, 1, 1]), flash_attention=False
        )
        return tf.reshape(attended, [members, -1, length, width])

    def compute_output_spec(self, query: Any, key: Any, value: Any, history: Any) -> keras.KerasTensor:  # noqa: ARG002 - all have one shape
        """Return the symbolic output of shape (M, B, L, D)."""
        return keras.KerasTensor(value.shape, value.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "heads": self.heads, "padding": self.padding}
