"""The options of models: the keys of `[model]` that fix properties of a model, for all kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from recsys.settings import Settings
from recsys.spaces.kind_tables import KIND


class ModelOptions(Settings):
    """The properties of a model that are the same at every point."""

    kind: str | None = None
    """The kind of model. Without `kind` and `factory`, `[space]` searches the kind."""
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

    @property
    def searches_kind(self) -> bool:
        """Whether the kind is a parameter of the space."""
        return self.kind is None and self.factory is None

    def at(self, point: Mapping[str, Any]) -> Self:
        """Return the options of the model of a point, which names its kind if the kind is searched."""
        return self.model_copy(update={"kind": str(point[KIND])}) if self.searches_kind else self
