"""The base class of the layers of a cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from recsys.arrays import Float32Array


class MemberLayer(keras.layers.Layer):
    """A layer of M members."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.constants: dict[str, tf.Variable] = {}
        """The values that differ between members but are not trained. Keras does not count them as parameters."""

    @property
    def counters(self) -> list[tf.Variable]:
        """The counters that training advances, such as steps."""
        return []

    def hold(self, **arrays: Any) -> None:
        """Store arrays as constants, which another cohort of the same shape may replace."""
        for name, array in arrays.items():
            self.constants[name] = tf.Variable(array, trainable=False, name=name)

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return ()

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Return, for each weight, a value per member (M,) shaped to broadcast against the weight."""
        raise NotImplementedError

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:
        """Extract one member's part of arrays.

        Args:
            arrays: Arrays shaped as the weights.
            member: The position of the member.

        Returns:
            The member's arrays, shaped as in a cohort of one.
        """
        raise NotImplementedError

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write one member's own arrays into arrays shaped as the weights, in place: the reverse of `take`.

        Args:
            arrays: Arrays shaped as the weights.
            member: The position of the member.
            own: The member's arrays, shaped as in a cohort of one.
        """
        raise NotImplementedError


def member_layers(model: keras.Model) -> list[MemberLayer]:
    """Return the member layers of a model, in the model's order."""
    return [layer for layer in model.layers if isinstance(layer, MemberLayer)]


def constants(model: keras.Model) -> Mapping[str, tf.Variable]:
    """Return the constants of all member layers by `layer/name`."""
    return {
        f"{layer.name}/{name}": variable for layer in member_layers(model) for name, variable in layer.constants.items()
    }
