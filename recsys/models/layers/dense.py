"""The dense layers of all members, computed in one product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float32Array
from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class MemberDense(MemberLayer):
    """A dense layer of each member: (M, B, in) times (M, in, out).

    Kernels start from the Glorot uniform distribution over the member's own inputs (Glorot and Bengio 2010).

    Args:
        inputs: The number of inputs. Members with fewer inputs have zeros in the other places.
        units: The number of outputs.
        seeds: The seed of each member's kernel.
        activation: Keras's name of the activation.
        rows: The inputs that each member has; all by default.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        seeds: Sequence[int],
        activation: str = "linear",
        rows: Sequence[Sequence[int]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.inputs, self.units, self.seeds, self.activation = inputs, units, list(seeds), activation
        self.own_rows = [list(r) for r in rows] if rows is not None else [list(range(inputs))] * len(self.seeds)
        members = len(self.seeds)
        self.kernel = self.add_weight(name="kernel", shape=(members, inputs, units), initializer=self._initial)
        self.bias = self.add_weight(name="bias", shape=(members, units), initializer="zeros")

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return (self.activation,)

    def _initial(self, shape: Any, dtype: Any) -> Float32Array:
        kernel = np.zeros(shape, dtype)
        salt = int.from_bytes(self.name.encode()[-4:], "big")
        for member, (seed, rows) in enumerate(zip(self.seeds, self.own_rows, strict=True)):
            limit = np.sqrt(6 / (len(rows) + self.units))
            kernel[member, rows] = np.random.default_rng([seed, salt]).uniform(-limit, limit, (len(rows), self.units))
        return kernel

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Map inputs (M, B, …, in) to outputs (M, B, …, out)."""
        between = [1] * (inputs.shape.rank - 3)
        if self.units == 1 and between:
            # a product with one column is a sum, which XLA fuses with the operations before it
            kernel = tf.reshape(self.kernel, [len(self.seeds), 1, *between, self.inputs])
            return self.activate(tf.reduce_sum(inputs * kernel, axis=-1, keepdims=True) + self._bias(inputs))
        kernel = tf.reshape(self.kernel, [len(self.seeds), *between, self.inputs, self.units])
        return self.activate(tf.matmul(inputs, kernel) + self._bias(inputs))

    def activate(self, values: tf.Tensor) -> tf.Tensor:
        """Apply the activation to all units."""
        return keras.activations.get(self.activation)(values)

    def _bias(self, inputs: tf.Tensor) -> tf.Tensor:
        return tf.reshape(self.bias, [len(self.seeds), *[1] * (inputs.shape.rank - 2), self.units])

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Shape a value per member (M,) to (M, 1, 1) for the kernel and (M, 1) for the bias."""
        return [per_member[:, None, None], per_member[:, None]]

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:
        """Return the member's kernel (1, in, out), restricted to its own inputs, and its bias (1, out)."""
        kernel, bias = arrays
        return [kernel[member : member + 1, self.own_rows[member]], bias[member : member + 1]]

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write the member's kernel and bias, in place."""
        arrays[0][member, self.own_rows[member]] = own[0][0]
        arrays[1][member] = own[1][0]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {
            **super().get_config(),
            "inputs": self.inputs,
            "units": self.units,
            "seeds": self.seeds,
            "activation": self.activation,
            "rows": self.own_rows,
        }
