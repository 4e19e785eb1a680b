"""`[promotion]`: under which name the champion is registered, and by how much a candidate must be better."""

from __future__ import annotations

import re

from pydantic import Field

from recsys.errors import InputError, shown
from recsys.settings import Settings

_NAME = r"^[^/:.%\"']+$"
"""MLflow puts the name into paths, addresses and filters."""


class PromotionSettings(Settings):
    """The rule of promotion."""

    name: str | None = Field(default=None, pattern=_NAME)
    """The registered model's name; the data set's by default."""
    margin: float = Field(default=0.0, ge=0)
    """How much better than the champion, in units of the objective, a candidate must be."""


def checked_name(name: str) -> str:
    """The name of a model, wherever it comes from.

    Raises:
        InputError: It is not one.
    """
    if not re.match(_NAME, name):
        raise InputError(
            f"model name {shown(repr(name))}: expected none of / : . % and quotes; [promotion] name gives another"
        )
    return name
