"""Cells that hold lists: in brackets as JSON, Python, NumPy or PostgreSQL write them, or told apart by a sign."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Int64Array
from recsys.errors import InputError, shown

_SIGNS = ("|", ";", ",", " ")
"""What may stand between items; the surer first."""
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
_IMPRESSION = r"^.+-[01]$"


def split_cells(column: pa.ChunkedArray, subject: str) -> tuple[Int64Array, list[str], str]:
    """How many items each cell has, (N,), all items as text, and a sentence on how they were told apart.

    Args:
        column: The cells, (N,), as text; a missing one is an empty list.
        subject: What an error begins with.

    Raises:
        InputError: A list holds something other than ids.
    """
    cells = [(cell or "").strip() for cell in column.cast(pa.string()).to_pylist()]
    filled = [cell for cell in cells if cell]
    if filled and sum(map(in_brackets, filled)) > len(filled) / 2:
        lists, note = [_unbracketed(cell, subject) for cell in cells], ""
    else:
        sign = next((sign for sign in _SIGNS if sum(sign in cell for cell in filled) > len(filled) / 4), None)
        note = "" if sign is None else f"read as lists whose items stand between {sign!r}"
        lists = [[each.strip() for each in cell.split(sign) if each.strip()] if cell else [] for cell in cells]
    return np.array([len(each) for each in lists], np.int64), [each for items in lists for each in items], note


def in_brackets(cell: str) -> bool:
    """Whether a cell begins and ends as a list does."""
    return len(cell) > 1 and _BRACKETS.get(cell[0]) == cell[-1]


def _unbracketed(cell: str, subject: str) -> list[str]:
    """The items of a list in brackets."""
    if not cell:
        return []
    found = _loaded(cell)
    if found is None:
        inner = cell[1:-1] if in_brackets(cell) else cell
        found = [each.strip("'\"") for each in re.split(r"[,;\s]+", inner.strip()) if each.strip("'\"")]
    if any(isinstance(each, dict | list | tuple | set) for each in found):
        raise InputError(
            f"{subject}: its lists hold more than ids, such as {shown(repr(found[0]))}: write a row for each of their "
            "members, with the item's id in a column of its own"
        )
    return [_as_text(each) for each in found if each is not None]


def _loaded(cell: str) -> Sequence[Any] | None:
    """The list as JSON or Python write it, None where it is neither; literals alone are read, and nothing runs."""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        try:
            found = ast.literal_eval(cell)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
        if isinstance(found, set):  # in the order of the text
            return None
    return found if isinstance(found, list | tuple) else None


def _as_text(each: object) -> str:
    return str(int(each)) if isinstance(each, float) and each.is_integer() else str(each)


def clicked(items: pa.Array) -> pa.Array | None:
    """The items of impressions such as `N123-1`, missing where one was not clicked (`N123-0`); None if these are none.

    So the Microsoft News Dataset (Wu et al. 2020) writes what was shown.
    """
    kind = items.type
    if not len(items) or not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    if not pc.all(pc.match_substring_regex(items, _IMPRESSION)).as_py():
        return None
    seen = pc.ends_with(items, "-1")
    if pc.all(seen).as_py() or not pc.any(seen).as_py():
        return None
    return pc.if_else(seen, pc.utf8_slice_codeunits(items, 0, -2), None)
