"""How people's own words are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from recsys.cli.views.text import show_pairs
from recsys.tracking.words import tags_text

if TYPE_CHECKING:
    from recsys.tracking.words import Words


def show_words(console: Console, words: Words) -> None:
    """All that is said of a sweep or a trial."""
    show_pairs(console, {"note": words.note or "-", "tags": tags_text(words.tags) or "-"})
