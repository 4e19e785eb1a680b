"""`[promotion]`: the name of the registered model, and the margin by which a candidate must be better."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from recsys.errors import InputError, shown
from recsys.evaluation.baselines.table import FURTHER_BASELINES
from recsys.settings import OneOf, Settings

_NOT_IN_NAMES = r"/:.%\"'\x00-\x1f\x7f"
"""Characters that a name may not have, because MLflow puts it into paths, addresses and filters."""
_NAME = rf"^[^ {_NOT_IN_NAMES}]([^{_NOT_IN_NAMES}]{{0,198}}[^ {_NOT_IN_NAMES}])?$"


class PromotionSettings(Settings):
    """The rule of promotion."""

    name: str | None = Field(default=None, pattern=_NAME)
    """The name of the registered model; the name of the data set by default."""
    margin: float = Field(default=0.0, ge=0)
    """The difference by which a candidate must beat the champion, in units of the objective."""
    baselines: tuple[Annotated[str, OneOf(each.name for each in FURTHER_BASELINES)], ...] = ()
    """Further baselines of lists that a candidate must beat, besides those that are always compared with."""


def checked_name(name: str) -> str:
    """Return the name of a model, if it is admissible.

    Raises:
        InputError: It is not.
    """
    if not re.fullmatch(_NAME, name):
        raise InputError(f"model name {shown(repr(name))}: expected up to 200 characters, none of / : . % and quotes")
    return name


def name_after(data: str) -> str:
    """The default name of a model: the data set's, with `-` for characters that a name may not have."""
    return re.sub(rf"[{_NOT_IN_NAMES}]+", "-", data).strip(" ")[:200].strip(" ") or "recsys"
