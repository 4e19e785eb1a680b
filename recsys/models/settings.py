"""`[model]`: which model, and what is fixed about it whatever the point."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from recsys.models.kind import EPOCHS
from recsys.models.kinds import KINDS
from recsys.settings import OneOf, Settings

Kind = Annotated[str, OneOf(KINDS)]


class ModelSettings(Settings):
    """What is fixed about a model, whatever the point."""

    kind: Kind | None = None
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

    @property
    def rounds(self) -> str:
        """What a trial's progress is counted in: epochs, or what its kind of model names."""
        return KINDS[self.kind].rounds if self.kind else EPOCHS

    @property
    def sampled(self) -> bool:
        """Whether the model is drawn from a posterior, in place of being trained on a loss."""
        return self.kind is not None and KINDS[self.kind].sampled

    @model_validator(mode="after")
    def _check(self) -> ModelSettings:
        if (self.kind is None) == (self.factory is None):
            raise ValueError(
                f"give either kind = {' | '.join(map(repr, KINDS))} or factory = 'package.module:function'"
            )
        if self.kind is not None:
            if self.sampled:
                self.refuse(("biases", "global_mean"), f"they are part of what {self.kind} draws")
            own = KINDS[self.kind].settings
            for other in KINDS.values():
                foreign = [name for name in other.settings if name not in own]
                self.refuse(foreign, f"{self.kind} has no such layers; {other.name} has")
        return self
