"""Inputs of users or items besides their codes, looked up by code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Float32Array
from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class KnownRows(MemberLayer):
    """A table that is not trained and that all members share, such as histories or features.

    Args:
        shape: The number of rows, with the spare row, and of columns.
        dtype: The type of an entry.
        known: The entries (rows, columns); zeros before a saved model is read.
    """

    def __init__(
        self, shape: Sequence[int], dtype: str = "float32", known: AnyArray | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.shape, self.of = tuple(shape), dtype
        initial = np.zeros(self.shape, dtype) if known is None else known
        self.table = self.add_weight(
            name="table", shape=self.shape, dtype=dtype, trainable=False, initializer=lambda *_, **__: initial
        )

    @classmethod
    def holding(cls, known: AnyArray, **kwargs: Any) -> KnownRows:
        """Return the layer that holds an array."""
        return cls(known.shape, str(known.dtype), known, **kwargs)

    def call(self, codes: tf.Tensor) -> tf.Tensor:
        """Map codes (B,) to rows (B, columns)."""
        return tf.gather(self.table, codes)

    def compute_output_spec(self, codes: Any) -> keras.KerasTensor:
        """Return the symbolic output of shape (B, columns)."""
        return keras.KerasTensor((*codes.shape, self.shape[1]), self.of)

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Return one number, because the table is not trained."""
        return [per_member[0]]

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:  # noqa: ARG002 - all members share it
        """Return the whole table, which all members share."""
        return list(arrays)

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write nothing, because all members share the table."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "shape": list(self.shape), "dtype": self.of}
