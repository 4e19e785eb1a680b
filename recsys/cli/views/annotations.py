"""The view of notes and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from recsys.cli.views.text import show_pairs
from recsys.tracking.annotations import tags_text

if TYPE_CHECKING:
    from recsys.tracking.annotations import Annotations


def show_annotations(console: Console, words: Annotations) -> None:
    """Print the note and the tags of a sweep or a trial."""
    show_pairs(console, {"note": words.note or "-", "tags": tags_text(words.tags) or "-"})
