"""What the layers of a cohort have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from recsys.arrays import Float32Array


class MemberLayer(keras.layers.Layer):
    """A layer of `M` members."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.constants: dict[str, tf.Variable] = {}
        """What differs from member to member but is not trained; not counted among the parameters."""

    @property
    def counters(self) -> list[tf.Variable]:
        """What the layer counts while it trains, such as steps."""
        return []

    def hold(self, **arrays: Any) -> None:
        """Keep arrays that another cohort of the same shape may replace."""
        for name, array in arrays.items():
            self.constants[name] = tf.Variable(array, trainable=False, name=name)

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return ()

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """For each weight, a value per member (M,) shaped to broadcast against it."""
        raise NotImplementedError

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:
        """Of arrays shaped as the weights, what belongs to one member, shaped as in its cohort of one."""
        raise NotImplementedError

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """The reverse of `take`: write one member's own arrays into arrays shaped as the weights."""
        raise NotImplementedError


def member_layers(model: keras.Model) -> list[MemberLayer]:
    """The model's member layers, in its own order."""
    return [layer for layer in model.layers if isinstance(layer, MemberLayer)]


def constants(model: keras.Model) -> Mapping[str, tf.Variable]:
    """All that differs from member to member but is not trained, by layer and name."""
    return {
        f"{layer.name}/{name}": variable for layer in member_layers(model) for name, variable in layer.constants.items()
    }
