"""How a text is written: its encoding, what is between its columns, and whether the first line names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from recsys.data.looking.quotes import quoting_doubts, quoting_keys, sampled_records
from recsys.data.looking.roles import by_content, by_name, untold
from recsys.data.numbers import numbers
from recsys.data.reading.content import decoded, unpacked, wide
from recsys.data.reading.disguises import refuse_json, refuse_other
from recsys.data.reading.formats import Format
from recsys.data.reading.records import Record
from recsys.data.reading.separators import KNOWN, declared, sampled
from recsys.errors import InputError, shown


def look_at_text(path: Path, form: Format) -> tuple[dict[str, Any], list[str]]:
    """What `[data]` has to say of a text, and sentences on what was guessed.

    Raises:
        InputError: It cannot be read, or has fewer than two columns.
    """
    place = shown(path, 200)
    content, encoding = _decoded(unpacked(path, form.compression), place)
    document: dict[str, Any] = {}
    notes = []
    if encoding is not None:
        document["encoding"] = encoding
        notes.append(f"it is not in UTF-8; data.encoding = {encoding!r} is a guess: look at a name with accents")
    refuse_json(content, place)
    content, said = declared(content)
    separator, header, rows = _separated(sampled(content), (said,) if said else KNOWN, place)
    if separator != form.separator:
        document["separator"] = separator
        notes.append(f"its columns are told apart by data.separator = {separator!r}")
    quoting, found = quoting_keys(content, separator, place)
    document |= quoting
    notes += found + ([] if quoting else quoting_doubts(row.fields for row in rows))
    if not rows or len(rows[0].fields) < 2:
        raise InputError(f"{place}: no columns are to be found, of users, items and perhaps ratings")
    names, cells = by_name(header.fields), [row.fields for row in rows]
    heads = not _comes_again(header.fields, cells, names.values())
    if {"user", "item"} <= set(names) and heads:
        return {**document, "columns": names}, notes
    if heads and header.line < rows[0].line and {"user", "item"} <= set(by_name(rows[0].fields)):
        raise InputError(f"{place}: line {rows[0].line} is the header, it seems: delete what stands above it")
    if heads and _is_header(header.fields, cells):
        raise untold(place, header.fields)
    columns = by_content([_numbers(column) for column in zip(*cells, strict=True)])
    if not {"user", "item"} <= set(columns):
        raise InputError(f"{place}: has no header, and no two columns that may be of users and items")
    document |= {"separator": separator, "header": False, "columns": columns}
    told = ", ".join(f"{number} of {role}s" for role, number in columns.items())
    notes.append(f"it has no header; which column is of what is a guess by what is in it: {told}")
    return document, notes


def _decoded(content: bytes, place: str) -> tuple[bytes, str | None]:
    refuse_other(content, place)
    if b"\0" in content and wide(content) is None:
        return decoded(content, None, place)[0], None  # a mark tells the encoding, or it is no text
    for encoding in (None, wide(content), "cp1252"):
        with suppress(InputError):
            return decoded(content, encoding, place)[0], encoding
    return decoded(content, "latin-1", place)[0], "latin-1"


def _separated(sample: bytes, separators: Sequence[str], place: str) -> tuple[str, Record, list[Record]]:
    """The separator that makes columns of users and items, else the most, as many in nearly all rows.

    Returns:
        With it the first row, and all rows of as many columns.

    Raises:
        InputError: There are no rows.
    """
    found: list[tuple[tuple[bool, float], str, Record, list[Record]]] = []
    for separator in sorted(separators, key=len, reverse=True):  # of equals the longer, which leaves less in the cells
        rows = sampled_records(sample, separator, place)
        if not rows:
            raise InputError(f"{place}: the table has no rows")
        width, many = Counter(len(row.fields) for row in rows).most_common(1)[0]
        named = {"user", "item"} <= set(by_name(rows[0].fields))
        score = 0.0 if width < 2 else many / len(rows) + min(width, 9) / 100
        found.append(((named, score), separator, rows[0], [row for row in rows if len(row.fields) == width]))
    return max(found, key=lambda each: each[0])[1:]


def _comes_again(first: Sequence[str], rows: Sequence[Sequence[str]], names: Iterable[str]) -> bool:
    """Whether one of these cells of the first row stands below itself in a row that is another: no header does so."""
    places = [first.index(name) for name in names]
    below = [row for row in rows if list(row) != list(first) and len(row) == len(first)]
    return any(row[place] == first[place] for row in below for place in places)


def _is_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has no number, where others have."""
    return bool(np.isnan(_numbers(first)).all() and not all(np.isnan(_numbers(row)).all() for row in rows))


def _numbers(cells: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    column = pa.chunked_array([pa.array(cells, pa.string())])
    plain, commas = numbers(column), numbers(column, ",")
    found = np.where(np.isnan(plain), commas, plain)
    if len(cells) > 1 and np.isnan(found).all():  # dates count in seconds
        dates = pd.to_datetime(pd.Series(cells, dtype=object), errors="coerce", utc=True, format="ISO8601")
        return dates.dt.tz_localize(None).to_numpy("datetime64[s]").astype(np.float64) if dates.notna().all() else found
    return found
