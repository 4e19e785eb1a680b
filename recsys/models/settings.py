"""`[model]`: which model, and what is fixed about it at every point."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from recsys.models.kind import ModelKind
from recsys.models.kinds import KINDS, kind_of
from recsys.models.options import ModelOptions
from recsys.settings import OneOf

Kind = Annotated[str, OneOf(KINDS)]


class ModelSettings(ModelOptions):
    """The properties of a model that are the same at every point."""

    kind: Kind | None = None
    """The kind of model. Without `kind` and `factory`, `[space]` has to search the kind."""

    @property
    def rounds(self) -> str:
        """The unit of a trial's progress: epochs, or the one that the kind names."""
        return ModelKind.rounds if self.searches_kind else kind_of(self).rounds

    @model_validator(mode="after")
    def _check(self) -> ModelSettings:
        if self.kind is not None and self.factory is not None:
            raise ValueError(
                f"give either kind = {' | '.join(map(repr, KINDS))} or factory = 'package.module:function', not both"
            )
        if self.kind is not None:
            own = KINDS[self.kind]
            self.refuse([name for name in ("biases", "global_mean") if name not in own.options], own.included)
            for other in KINDS.values():
                foreign = [name for name in other.options if name not in {*own.options, "biases", "global_mean"}]
                self.refuse(foreign, f"{self.kind} has no such layers; {other.name} has")
        return self
