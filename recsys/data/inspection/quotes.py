"""How the cells of a text are quoted, as `[data]` would say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from recsys.data.reading.delimited import text_of
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.records import Record, records
from recsys.data.reading.separators import single
from recsys.errors import InputError


def sampled_records(sample: bytes, separator: str, place: str) -> list[Record]:
    """The records of the first lines of a text, by the quoting that reads them."""
    with suppress(InputError):
        text, _ = text_of(sample, Dialect(separator, header=False), place)
        return list(text.rows())
    return list(records(*single(sample, separator, place)))  # cut off within a cell, perhaps


def quoting_keys(content: bytes, separator: str, place: str) -> tuple[dict[str, Any], list[str]]:
    """What `[data]` has to say of the quotes of a text, and a sentence on how that was found.

    Raises:
        InputError: They cannot be understood.
    """
    text, note = text_of(content, Dialect(separator, header=False), place)
    keys: dict[str, Any] = {}
    if text.quoting.quote is None:
        keys["quote"] = "none"
    elif text.quoting.quote != '"':
        keys["quote"] = text.quoting.quote
    if text.quoting.escape is not None:
        keys["escape"] = text.quoting.escape
    return keys, [note] if note else []


def quoting_doubts(rows: Iterable[Sequence[str]]) -> list[str]:
    """Sentences on cells that may be quoted in another way than they were read."""
    cells = [cell for row in rows for cell in row]
    doubts = []
    if any(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells):
        doubts.append("some cells stand between ' and ': if these quote them say data.quote = \"'\"")
    if any("\\\\" in cell for cell in cells):
        doubts.append("some cells have two backslashes in a row: if these stand for one say data.escape = '\\\\'")
    return doubts
