"""Admissible names of sweeps and runs."""

from __future__ import annotations

import re

from recsys.errors import InputError, shown

_LETTERS = r"\w .+@-"
_NAME = re.compile(rf"\w[{_LETTERS}]{{0,199}}")


def checked_name(name: str) -> str:
    """Return the name that a user gives, if it is admissible.

    Raises:
        InputError: The name has characters that not every store can search for.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"sweep name {shown(repr(name))}: expected letters, digits, spaces and . _ + @ - only")
    return name


def name_after(file: str) -> str:
    """A name made from a file's name; `-` replaces the characters that a name may not have."""
    return re.sub(rf"[^{_LETTERS}]+", "-", file).strip(" .+@-")[:190] or "sweep"
