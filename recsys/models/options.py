"""The options of models: the keys of `[model]` that fix properties of a model, for all kinds."""

from __future__ import annotations

from typing import Literal

from recsys.settings import Settings


class ModelOptions(Settings):
    """What is fixed about a model, whatever the point."""

    kind: str | None = None
    """Matrix factorisation, its non-negative form, a perceptron over embeddings, or factorisations from a posterior."""
    factory: str | None = None
    """A factory of the user's own, as `package.module:function`, in place of `kind`."""
    biases: bool = True
    """Add a bias for every user and item; of rankings for every item, as a user's moves all scores alike."""
    global_mean: bool = True
    """Start ratings from the mean training rating."""
    hidden_activations: tuple[str, ...] | str = "relu"
    """MLP: the activation of the hidden layers, one for all or one each."""
    output_activation: Literal["linear", "relu"] = "linear"
    """MLP: the activation of the output."""
    dot_product: bool = False
    """MLP: add the dot product of the embeddings, over the dimensions that both have, to the perceptron's output."""
