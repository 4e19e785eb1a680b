"""Dropout with random bits from a counter hash, which cost little time."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.models.layers.hashing import mixed
from recsys.models.layers.layout import Layout
from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class MemberDropout(MemberLayer):
    """Dropout at each member's own rate.

    The random bits are the finaliser of MurmurHash3 (Appleby 2011), applied to the trial's seed, the column within the
    member, the row of the batch and the step. It takes a few integer multiplications. XLA's random numbers on a CPU
    take several times as long as a whole epoch.

    Args:
        sizes: The number of columns of each member.
        rates: The dropout rate of each member.
        seeds: The seed of each member's bits.
        lanes: The columns of a group: see `Layout`.
    """

    def __init__(
        self, sizes: Sequence[int], rates: Sequence[float], seeds: Sequence[int], lanes: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.sizes, self.rates, self.seeds, self.lanes = list(sizes), list(rates), list(seeds), lanes
        layout = Layout(self.sizes, lanes)
        keep = 1 - np.array(self.rates)[layout.member_of]
        salt = np.uint32(int.from_bytes(self.name.encode()[:4], "big"))
        own = np.array(self.seeds, np.uint32)[layout.member_of]
        key = mixed(own ^ salt) + layout.places * np.uint32(0x9E3779B9)
        self.hold(
            key=mixed(key), threshold=np.uint32(np.minimum(keep * 2.0**32, 2.0**32 - 1)), scale=np.float32(1 / keep)
        )
        self.step = tf.Variable(np.uint32(0), trainable=False, name="step")

    @property
    def counters(self) -> list[tf.Variable]:
        """The counter of training steps."""
        return [self.step]

    def call(self, columns: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: FBT001, FBT002 - Keras's convention
        """Drop entries of columns (B, width) or slices (M, B, D) in training, and scale the others up.

        The expected value of an entry does not change. Without training the layer returns its input.
        """
        if not training:
            return columns
        rows = tf.shape(columns)[-2]
        row = tf.cast(tf.range(rows), tf.uint32) + self.step * tf.constant(0x85EBCA6B, tf.uint32)
        self.step.assign_add(tf.constant(1, tf.uint32))
        shape = [1, -1] if columns.shape.rank == 2 else [columns.shape[0], 1, columns.shape[2]]
        key, threshold, scale = (tf.reshape(self.constants[name], shape) for name in ("key", "threshold", "scale"))
        bits = mixed(mixed(row)[:, None] ^ key)
        return tf.where(bits <= threshold, columns * scale, 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {
            **super().get_config(),
            "sizes": self.sizes,
            "rates": self.rates,
            "seeds": self.seeds,
            "lanes": self.lanes,
        }


@keras.saving.register_keras_serializable("recsys")
class HistoryDropout(MemberDropout):
    """Dropout of entries of the rows (B, L, width) or of the states (M, B, L, D) of histories."""

    def call(self, columns: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: FBT001, FBT002 - Keras's convention
        """Drop entries in training, each place of a history by bits of its own."""
        *members, _, length, width = columns.shape
        dropped = super().call(tf.reshape(columns, [*members, -1, width]), training=training)
        return tf.reshape(dropped, [*members, -1, length, width])


@keras.saving.register_keras_serializable("recsys")
class EntryDropout(MemberDropout):
    """Dropout of entries of rows (…, width)."""

    def call(self, columns: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: FBT001, FBT002 - Keras's convention
        """Drop entries in training, each row by bits of its own."""
        if not training:
            return columns
        return tf.reshape(super().call(tf.reshape(columns, [-1, columns.shape[-1]]), training=True), tf.shape(columns))


@keras.saving.register_keras_serializable("recsys")
class RowDropout(EntryDropout):
    """Leaves out whole rows (…, width) of ids in training, each member at its own rate.

    The other rows are not scaled up: what an id is without its own row has to be learned at its true scale.
    """

    def __init__(
        self, sizes: Sequence[int], rates: Sequence[float], seeds: Sequence[int], lanes: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(sizes, rates, seeds, lanes, **kwargs)
        members = Layout(self.sizes, lanes).member_of
        salt = np.uint32(zlib.crc32(self.name.encode()))
        self.constants["key"].assign(mixed(np.array(self.seeds, np.uint32)[members] ^ salt))
        self.constants["scale"].assign(np.ones(len(members), np.float32))
