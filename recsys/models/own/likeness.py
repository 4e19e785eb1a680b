"""Which kind of model a factory's own is made like, if it is made of the layers of this suite."""

from __future__ import annotations

import keras

from recsys.models.kind import ModelKind
from recsys.models.layers import MemberDense, MemberSum
from recsys.models.mf.kind import MF
from recsys.models.mlp.kind import MLP


def like(model: keras.Model) -> ModelKind | None:
    """The kind whose scores are the model's; Keras calls its own Dot layers `dot` too."""
    layers = {layer.name: layer for layer in model.layers}
    if isinstance(layers.get("dot"), MemberSum):
        return MF
    return MLP if isinstance(layers.get("output"), MemberDense) else None
