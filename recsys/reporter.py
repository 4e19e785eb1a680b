"""Who hears what a function says beside what it gives: of downloads, of what is left out, of what is under way."""

from __future__ import annotations

from collections.abc import Callable

Reporter = Callable[[str], None]
"""Takes a line."""


def quiet(_line: str) -> None:
    """Say nothing."""
