"""What a sweep or a run may be called."""

from __future__ import annotations

import re

from recsys.errors import InputError, shown

_LETTERS = r"\w .+@-"
_NAME = re.compile(rf"\w[{_LETTERS}]{{0,199}}")


def checked_name(name: str) -> str:
    """The name that a user gives.

    Raises:
        InputError: It is none that every store can be asked for.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"sweep name {shown(repr(name))}: expected letters, digits, spaces and . _ + @ - only")
    return name


def name_after(file: str) -> str:
    """The name of what has none of its own: its file's, with - for what no name may have."""
    return re.sub(rf"[^{_LETTERS}]+", "-", file).strip(" .+@-")[:190] or "sweep"
