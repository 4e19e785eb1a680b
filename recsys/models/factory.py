"""The contract of a model factory, and `[model]`, which chooses one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from recsys.settings import Settings
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class DataShape:
    """What a factory must know of the data."""

    users: int
    """U, without the spare row."""
    items: int
    """I, without the spare row."""
    mean: float
    """The mean training rating."""


class ModelSettings(Settings):
    """What is fixed about a model, whatever the point."""

    kind: Literal["mf", "nnmf", "mlp"] | None = None
    """Matrix factorisation, its non-negative form, or a perceptron over embeddings."""
    factory: str | None = None
    """A factory of the user's own, as `package.module:function`, in place of `kind`."""
    biases: bool = True
    """Add a bias for every user and item."""
    global_mean: bool = True
    """Start from the mean training rating."""
    hidden_activations: tuple[str, ...] | str = "relu"
    """MLP: the activation of the hidden layers, one for all or one each."""
    output_activation: Literal["linear", "relu"] = "linear"
    """MLP: the activation of the output."""

    @model_validator(mode="after")
    def _check(self) -> ModelSettings:
        if (self.kind is None) == (self.factory is None):
            raise ValueError("give either kind = 'mf' | 'nnmf' | 'mlp' or factory = 'package.module:function'")
        if self.kind in ("mf", "nnmf"):
            self.refuse(("hidden_activations", "output_activation"), f"{self.kind} has no such layers; mlp has")
        return self


Factory = Callable[[DataShape, Sequence[Mapping[str, Value]], Sequence[int]], "keras.Model"]
"""From the data's shape, a sequence of points and a seed for each to one Keras model.

The model takes user codes (B,) and item codes (B,), both int32, and gives ratings (B, M), a column a point. A sequence
of one point is the ordinary model.
"""
