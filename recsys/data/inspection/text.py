"""Inspect a text: its encoding, its separator and quotes, and whether the first line is a header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from recsys.data.inspection.column import Column
from recsys.data.inspection.roles import columns_by_name
from recsys.data.numbers import numbers
from recsys.data.reading.content import decode, likely_utf_16, read_bytes
from recsys.data.reading.delimited import build_text
from recsys.data.reading.dialect import Dialect, Record, records
from recsys.data.reading.formats import Format
from recsys.data.reading.separators import KNOWN, first_lines, take_sep_line, to_single_character
from recsys.data.reading.signatures import refuse_json, refuse_other_formats
from recsys.errors import InputError, shown

_PART_BYTES = 1 << 16
"""Bytes of each part of a text that are inspected."""
_PARTS = 4
"""Parts that are inspected besides the first."""


@dataclass(frozen=True)
class TextInspection:
    """The result of inspecting a text."""

    data: dict[str, Any]
    """The keys of `[data]` on how it is written."""
    notes: list[str]
    columns: list[Column]
    """The columns with some of their cells from all over the text."""
    header: bool


def inspect_text(path: Path, form: Format) -> TextInspection:
    """Detect how a text is written, and its columns.

    Raises:
        InputError: The text cannot be read, has fewer than two columns, or has lines above its header.
    """
    place = shown(path, 200)
    content, encoding = _decode(read_bytes(path, form.compression), place)
    document: dict[str, Any] = {}
    notes = []
    if encoding is not None:
        document["encoding"] = encoding
        notes.append(f"it is not in UTF-8; data.encoding = {encoding!r} is a guess: look at a name with accents")
    refuse_json(content, place)
    content, declared = take_sep_line(content)
    separator, header, rows = _choose_separator(first_lines(content), (declared,) if declared else KNOWN, place)
    if separator != form.separator:
        document["separator"] = separator
        notes.append(f"its columns are separated by data.separator = {separator!r}")
    quoting, found = quoting_keys(content, separator, place)
    document |= quoting
    notes += found + ([] if quoting else quoting_warnings(row.fields for row in rows))
    if not rows or len(rows[0].fields) < 2:
        raise InputError(f"{place}: no columns are to be found, of users, items and perhaps ratings")
    cells = [row.fields for row in rows]
    if all(row.line == header.line for row in rows) and {"user", "item"} <= set(columns_by_name(header.fields)):
        raise InputError(f"{place}: the table has no rows")
    heads = _has_header(header, rows, cells, place)
    more = _rows_from_later_parts(content, separator, len(cells[0]), place)
    if heads:
        return TextInspection(
            document, notes, _columns(header.fields, [*cells[int(rows[0].line == header.line) :], *more]), header=True
        )
    document |= {"separator": separator, "header": False}
    return TextInspection(document, notes, _columns(None, [*cells, *more]), header=False)


def _has_header(header: Record, rows: Sequence[Record], cells: Sequence[Sequence[str]], place: str) -> bool:
    """Whether the first row names the columns.

    Raises:
        InputError: Another row does.
    """
    names = columns_by_name(header.fields)
    heads = not _reappears(header.fields, cells, names.values())
    if heads and {"user", "item"} <= set(names):
        return True
    if heads and header.line < rows[0].line and {"user", "item"} <= set(columns_by_name(rows[0].fields)):
        raise InputError(f"{place}: line {rows[0].line} seems to be the header: delete the lines above it")
    return heads and _is_header(header.fields, cells)


def _rows_from_later_parts(content: bytes, separator: str, width: int, place: str) -> list[list[str]]:
    """Rows from later parts of a long text, whose first lines may belong to one user. Other widths are skipped."""
    found: list[list[str]] = []
    for part in range(1, _PARTS + 1) if len(content) > _PART_BYTES else ():
        start = content.find(b"\n", (len(content) - _PART_BYTES) * part // _PARTS) + 1
        text = content[start : start + _PART_BYTES]
        rows = sampled_records(text[: text.rfind(b"\n") + 1], separator, place)
        found += [row.fields for row in rows if len(row.fields) == width]
    return found


def _columns(names: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> list[Column]:
    width = len(rows[0])
    shift = int(names is not None and width == len(names) + 1 and any(row[-1] for row in rows))  # row names, as R has
    columns = [pa.chunked_array([[row[at] or None for row in rows]], pa.string()) for at in range(width)]
    if names is None:
        return [Column(at + 1, "", cells) for at, cells in enumerate(columns)]
    counts = Counter(names)
    keys = [
        name if name and counts[name] == 1 and not name.startswith("-") else at + 1 for at, name in enumerate(names)
    ]
    return [Column(key, name, cells) for key, name, cells in zip(keys, names, columns[shift:], strict=False)]


def _decode(content: bytes, place: str) -> tuple[bytes, str | None]:
    refuse_other_formats(content, place)
    if b"\0" in content and likely_utf_16(content) is None:
        return decode(content, None, place)[0], None  # a mark tells the encoding, or it is no text
    for encoding in (None, likely_utf_16(content), "cp1252"):
        with suppress(InputError):
            return decode(content, encoding, place)[0], encoding
    return decode(content, "latin-1", place)[0], "latin-1"


def _choose_separator(sample: bytes, separators: Sequence[str], place: str) -> tuple[str, Record, list[Record]]:
    """The separator that yields columns of users and items, otherwise the one that yields the most even columns.

    Returns:
        The separator, the first row, and all rows with the most common width.

    Raises:
        InputError: There are no rows.
    """
    found: list[tuple[tuple[bool, float], str, Record, list[Record]]] = []
    for separator in sorted(separators, key=len, reverse=True):  # of equals the longer, which leaves less in the cells
        rows = sampled_records(sample, separator, place)
        if not rows:
            raise InputError(f"{place}: the table has no rows")
        width, many = Counter(len(row.fields) for row in rows).most_common(1)[0]
        named = {"user", "item"} <= set(columns_by_name(rows[0].fields))
        score = 0.0 if width < 2 else many / len(rows) + min(width, 9) / 100
        found.append(((named, score), separator, rows[0], [row for row in rows if len(row.fields) == width]))
    return max(found, key=lambda each: each[0])[1:]


def _reappears(first: Sequence[str], rows: Sequence[Sequence[str]], names: Iterable[str]) -> bool:
    """Whether a cell of the first row reappears below it in a different row, which no header does."""
    places = [first.index(name) for name in names]
    below = [row for row in rows if list(row) != list(first) and len(row) == len(first)]
    return any(row[place] == first[place] for row in below for place in places)


def _is_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has no number while others have."""
    return not any(map(_is_number, first)) and any(_is_number(cell) for row in rows for cell in row)


def _is_number(cell: str) -> bool:
    column = pa.chunked_array([[cell]], pa.string())
    return not np.isnan([numbers(column, ".", ","), numbers(column, ",", ".")]).all()


def sampled_records(sample: bytes, separator: str, place: str) -> list[Record]:
    """The records of the first lines of a text, with the quoting that reads them."""
    with suppress(InputError):
        text, _ = build_text(sample, Dialect(separator, header=False), place)
        return list(text.rows())
    return list(records(*to_single_character(sample, separator, place)))  # cut off within a cell, perhaps


def quoting_keys(content: bytes, separator: str, place: str) -> tuple[dict[str, Any], list[str]]:
    """The keys of `[data]` for the quotes of a text, and a note on how they were detected.

    Raises:
        InputError: No quoting fits.
    """
    text, note = build_text(content, Dialect(separator, header=False), place)
    keys: dict[str, Any] = {}
    if text.quoting.quote is None:
        keys["quote"] = "none"
    elif text.quoting.quote != '"':
        keys["quote"] = text.quoting.quote
    if text.quoting.escape is not None:
        keys["escape"] = text.quoting.escape
    return keys, [note] if note else []


def quoting_warnings(rows: Iterable[Sequence[str]]) -> list[str]:
    """Warnings on cells that may be quoted in another way."""
    cells = [cell for row in rows for cell in row]
    warnings = []
    if any(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells):
        warnings.append("some cells are between ' and ': if these quote them, set data.quote = \"'\"")
    if any("\\\\" in cell for cell in cells):
        warnings.append("some cells have two backslashes in a row: if these mean one, set data.escape = '\\\\'")
    return warnings
