"""The options of models: the keys of `[model]` that fix properties of a model, for all kinds."""

from __future__ import annotations

from typing import Literal

from recsys.settings import Settings


class ModelOptions(Settings):
    """The properties of a model that are the same at every point."""

    kind: str | None = None
    """The kind of model."""
    factory: str | None = None
    """A factory of your own, as `package.module:function`, instead of `kind`."""
    biases: bool = True
    """Add a bias for every user and item. For rankings, add biases of items only."""
    global_mean: bool = True
    """Add the mean training rating to predicted ratings."""
    hidden_activations: tuple[str, ...] | str = "relu"
    """MLP: the activation of the hidden layers: one name for all, or one for each."""
    output_activation: Literal["linear", "relu"] = "linear"
    """MLP: the activation of the output."""
    dot_product: bool = False
    """MLP: add the dot product of the embeddings, over the dimensions that both have, to the output."""
