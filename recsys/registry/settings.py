"""`[promotion]`: the name of the registered model, and the margin by which a candidate must be better."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from recsys.evaluation.baselines.table import FURTHER_BASELINES
from recsys.registry.names import NAME
from recsys.settings import OneOf, Settings


class PromotionSettings(Settings):
    """The rule of promotion."""

    name: str | None = Field(default=None, pattern=NAME)
    """The name of the registered model; the name of the data set by default."""
    margin: float = Field(default=0.0, ge=0)
    """The difference by which a candidate must beat the champion, in units of the objective."""
    baselines: tuple[Annotated[str, OneOf(each.name for each in FURTHER_BASELINES)], ...] = ()
    """Further baselines of lists that a candidate must beat, besides those that are always compared with."""
