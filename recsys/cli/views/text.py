"""Functions for text that the views share."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recsys.errors import shown

_LONGEST = 10_000


def text(value: object) -> Text:
    """Return a value from data or a store as text, without markup and terminal control sequences."""
    return Text(shown(value, _LONGEST))


def show_pairs(console: Console, pairs: Mapping[str, object]) -> None:
    """Print a table with one name and one value in each row."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        table.add_row(text(name), text(value))
    console.print(table)
