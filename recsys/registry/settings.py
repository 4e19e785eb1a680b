"""`[promotion]`: under which name the champion is registered, and by how much a candidate must be better."""

from __future__ import annotations

from pydantic import Field

from recsys.settings import Settings


class PromotionSettings(Settings):
    """The rule of promotion."""

    name: str | None = Field(default=None, pattern=r"^[^/:.%\"']+$")
    """The registered model's name; the data set's by default."""
    margin: float = Field(default=0.0, ge=0)
    """How much better than the champion, in units of the objective, a candidate must be."""
