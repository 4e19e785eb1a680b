"""Text that the views share."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recsys.errors import shown

_LONGEST = 10_000


def text(value: object) -> Text:
    """What comes from data or from a store: neither markup nor a terminal's commands."""
    return Text(shown(value, _LONGEST))


def show_pairs(console: Console, pairs: Mapping[str, object]) -> None:
    """A line a name, with its value."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        table.add_row(text(name), text(value))
    console.print(table)
