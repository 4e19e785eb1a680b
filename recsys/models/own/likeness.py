"""The kind that a model of a user's own factory resembles, if it consists of the layers of this package."""

from __future__ import annotations

import keras

from recsys.models.kind import ModelKind
from recsys.models.layers import MemberDense, MemberSum
from recsys.models.mf.kind import MF
from recsys.models.mlp.kind import MLP


def like(model: keras.Model) -> ModelKind | None:
    """Return the kind that computes the model's scores; None if there is none.

    The type of a layer counts, because Keras also names its own Dot layers `dot`.
    """
    layers = {layer.name: layer for layer in model.layers}
    if isinstance(layers.get("dot"), MemberSum):
        return MF
    return MLP if isinstance(layers.get("output"), MemberDense) else None
