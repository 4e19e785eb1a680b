"""Reporters: callbacks that receive the progress messages of a function, such as those of downloads."""

from __future__ import annotations

from collections.abc import Callable

Reporter = Callable[[str], None]
"""A function that receives one line of text."""


def quiet(_line: str) -> None:
    """Ignore the line of text."""
