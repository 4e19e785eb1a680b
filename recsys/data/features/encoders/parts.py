"""The parts of cells that hold several values: lists, and texts with a separator or in brackets."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Int64Array
from recsys.data.features.encoders.column import MISSING, SourceColumn, coded_texts, is_list, is_text, text_of
from recsys.errors import InputError, shown

__all__ = ["Parts", "literal", "parts_of", "separator_in"]

SEPARATORS = ("|", ";", ",")
"""The usual separators of categories, the most certain first."""


class Parts(NamedTuple):
    """The parts of all cells of a column."""

    rows: Int64Array
    """The row of each part, (P,), ascending."""
    codes: Int64Array
    """The index of each part among the distinct ones, (P,)."""
    values: list[str]
    """The distinct parts."""


def parts_of(column: SourceColumn, separator: str | None) -> Parts:
    """Return the parts of each cell. A cell that is neither a list nor a text has one.

    Args:
        column: The column.
        separator: The separator between the values of a text; None: a text has one value, unless it is in brackets.

    Raises:
        InputError: The cells are structures, or lists of lists.
    """
    cells = column.cells
    if is_list(cells.type):
        return _of_lists(column, cells)
    if pa.types.is_nested(cells.type):
        raise _nested(column)
    if not is_text(cells.type):
        codes, values = column.texts
        rows = np.flatnonzero(codes >= 0)
        return Parts(rows, codes[rows], values)
    return _of_texts(column, separator)


def separator_in(column: SourceColumn) -> str | None:
    """The first usual separator that a cell of a text has outside brackets; None if there is none."""
    if not is_text(column.cells.type):
        return None
    _, texts = column.texts
    plain = [text for text in texts if text[0] not in "[("]
    return next((sign for sign in SEPARATORS if any(sign in text for text in plain)), None)


def _of_lists(column: SourceColumn, cells: pa.ChunkedArray) -> Parts:
    if pa.types.is_nested(cells.type.value_type):
        raise _nested(column)
    cells = cells.cast(pa.large_list(cells.type.value_type))
    rows, start = [np.empty(0, np.int64)], 0
    for chunk in cells.chunks:
        rows.append(pc.list_parent_indices(chunk).to_numpy(zero_copy_only=False).astype(np.int64) + start)
        start += len(chunk)
    inner = pa.chunked_array([pc.list_flatten(chunk) for chunk in cells.chunks], cells.type.value_type)
    codes, values = coded_texts(SourceColumn(column.place, column.name, inner).cells)
    kept = codes >= 0
    return Parts(np.concatenate(rows)[kept], codes[kept], values)


def _of_texts(column: SourceColumn, separator: str | None) -> Parts:
    """The parts of the distinct cells, repeated for every row that has them."""
    of_rows, cells = column.texts
    lists = _split(column, cells, separator)
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    flat = pc.utf8_trim_whitespace(pc.list_flatten(lists))
    missing = pc.is_in(pc.utf8_lower(flat), pa.array(MISSING, flat.type))
    codes, values = coded_texts(pa.chunked_array([pc.if_else(missing, None, flat)]))
    there = np.flatnonzero(of_rows >= 0)
    counts = lengths[of_rows[there]]
    starts = (np.cumsum(lengths) - lengths)[of_rows[there]]
    places = np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    rows, found = np.repeat(there, counts), codes[places]
    return Parts(rows[found >= 0], found[found >= 0], values)


def _split(column: SourceColumn, cells: Sequence[str], separator: str | None) -> pa.Array:
    """The parts of distinct cells as lists of text."""
    texts = pa.array(cells, pa.large_string())
    lists = pc.split_pattern(texts, separator or "\0")
    bracketed = np.flatnonzero(pc.match_substring_regex(texts, r"(?s)^[\[(].*[\])]$").to_numpy(zero_copy_only=False))
    if not len(bracketed):
        return lists
    split: list[list[str]] = lists.to_pylist()
    for at in bracketed.tolist():
        parsed = literal(cells[at])
        if parsed is not None:
            if any(isinstance(part, dict | list | tuple | set) for part in parsed):
                raise _nested(column)
            split[at] = [_storable(text_of(part)) for part in parsed if part is not None]
    return pa.array(split, pa.large_list(pa.large_string()))


def _storable(text: str) -> str:
    """A text without the halves of surrogate pairs, which Arrow cannot hold."""
    return text.encode("utf-8", "replace").decode()


def literal(cell: str) -> Sequence[Any] | None:
    """The list that a text holds in JSON or in Python's notation, or None. Nothing is executed."""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        try:
            found = ast.literal_eval(cell)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            return None
    return found if isinstance(found, list | tuple) else None


def _nested(column: SourceColumn) -> InputError:
    return column.error(
        f"has cells of type {shown(column.given.type)}"
        if not is_text(column.cells.type)
        else "has structures in lists",
        "expected texts, numbers, or lists of them",
    )
