"""Names of registered models."""

from __future__ import annotations

import re

from recsys.errors import InputError, shown

_NOT_IN_NAMES = r"/:.%\"'\x00-\x1f\x7f"
"""Characters that a name may not have, because MLflow puts it into paths, addresses and filters."""
NAME = rf"^[^ {_NOT_IN_NAMES}]([^{_NOT_IN_NAMES}]{{0,198}}[^ {_NOT_IN_NAMES}])?$"
"""The pattern of a name."""


def checked_name(name: str) -> str:
    """Return the name of a model, if it is admissible.

    Raises:
        InputError: It is not.
    """
    if not re.fullmatch(NAME, name):
        raise InputError(f"model name {shown(repr(name))}: expected up to 200 characters, none of / : . % and quotes")
    return name


def name_after(data: str) -> str:
    """The default name of a model: the data set's, with `-` for characters that a name may not have."""
    return re.sub(rf"[{_NOT_IN_NAMES}]+", "-", data).strip(" ")[:200].strip(" ") or "recsys"
