"""Read lists: one row per user with all their items, in a cell or as the fields of a line."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Int64Array
from recsys.data.reading.content import decode, read_bytes
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.rows import NoRowsError, Rows, Wanted
from recsys.data.reading.separators import first_lines
from recsys.data.reading.shapes import LISTS, is_bracketed, looks_like_lines_of_lists, split_lines
from recsys.data.reading.signatures import detect_format, is_folder
from recsys.data.reading.table import read_rows
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

_ITEM_SEPARATORS = ("|", ";", ",", " ")
"""Possible separators between items, the most certain first."""
_IMPRESSION = r"^.+-[01]$"


def read_lists(path: Path, wanted: Wanted, dialect: Dialect, reporter: Reporter) -> Rows:
    """Read one row per item of every list, in the order of the file.

    Args:
        path: A file, or a folder of parts.
        wanted: The columns of users and items, and others whose cells apply to every item of their row.
        dialect: What is declared about a text.
        reporter: Receives notes on the form of the lists and on empty ones.

    Raises:
        InputError: The file cannot be read, or has no lists.
    """
    if not is_folder(path) and (form := detect_format(path)) is not None and form.kind == "text":
        place = shown(path, 200)
        content, _ = decode(read_bytes(path, form.compression), dialect.encoding, place)
        if looks_like_lines_of_lists(content, dialect.separator) or _are_lines(content, wanted, dialect):
            return _read_lines(content, place, wanted, dialect, reporter)
    rows = read_rows(path, wanted, dialect, reporter, lists=True)
    column = rows.table.column("item")
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        if pa.types.is_nested(column.type.value_type):
            raise InputError(
                f"{rows.place}: column {wanted['item']!r} has lists of {shown(column.type.value_type, 200)}: "
                "write a row for each of their members, with the item's id in a column of its own"
            )
        array = column.combine_chunks()
        return _explode(rows, pc.list_parent_indices(array).to_numpy(), pc.list_flatten(array), reporter)
    counts, items, note = split_cells(column, f"{rows.place}: column {wanted['item']!r}")
    if note:
        reporter(f"{rows.place}: {note}")
    return _explode(rows, np.repeat(np.arange(len(rows)), counts), pa.array(items, pa.string()), reporter)


def _are_lines(content: bytes, wanted: Wanted, dialect: Dialect) -> bool:
    """Whether a user's items are the fields of a line, as far as the wanted columns allow that."""
    item = wanted["item"]
    if dialect.header or not isinstance(item, int) or len(wanted) > 2:
        return False
    rows = [fields for _, fields in split_lines(first_lines(content), dialect.separator)]
    lists = any(set(fields[item - 1]) & set(" |;,[({") for fields in rows if len(fields) >= item)
    return not lists and any(len(fields) > item for fields in rows)


def _explode(rows: Rows, of_row: Int64Array, items: pa.Array, reporter: Reporter) -> Rows:
    """Repeat each row for each of its items; of impressions keep those that were clicked."""
    kept = clicked_items(items)
    if kept is not None:
        reporter(f"{rows.place}: of {len(items):,} impressions, {kept.null_count:,} end in -0, not clicked: left out")
        of_row, items = of_row[kept.is_valid().to_numpy(zero_copy_only=False)], kept.drop_null()
    if not len(items):
        raise NoRowsError(rows.place)
    empty = len(rows) - len(np.unique(of_row))
    reporter(
        f"{rows.place}: {len(rows):,} lists of {len(items):,} items{f', {empty:,} of them empty' if empty else ''}"
    )
    others = {
        role: rows.table.column(role).take(pa.array(of_row)) for role in rows.table.column_names if role != "item"
    }
    positions = of_row if rows.positions is None else rows.positions[of_row]
    return replace(rows, table=pa.table({**others, "item": items}), positions=positions)


def _read_lines(content: bytes, place: str, wanted: Wanted, dialect: Dialect, reporter: Reporter) -> Rows:
    """Read lines with as many fields as their user has items."""
    user, item = wanted["user"], wanted["item"]
    others = [role for role in wanted if role not in ("user", "item")]
    if dialect.header or not isinstance(user, int) or not isinstance(item, int) or others:
        raise InputError(f"{place}: its lines have a user and all their items: set {LISTS}")
    lines = split_lines(content, dialect.separator)
    if _are_counted(fields for _, fields in lines):
        reporter(
            f"{place}: the first number of each line counts its items: users are identified by their line, counted "
            "from 1"
        )
        lines = [(number, [str(number), *fields[1:]]) for number, fields in lines]
        user, item = 1, 2
    short = next((number for number, fields in lines if len(fields) < user), None)
    if short is not None:
        raise InputError(
            f"{place}: line {short} has no column {user}, which data.columns.user declares as the users' column"
        )
    people = [fields[user - 1].strip() for _, fields in lines]
    lists = [[each.strip() for each in fields[item - 1 :] if each.strip()] for _, fields in lines]
    _refuse_values(lists, place)
    table = pa.table({"user": pa.array(people), "item": pa.array([""] * len(people))})
    rows = Rows(place, table, lambda: [number for number, _ in lines])
    of_row = np.repeat(np.arange(len(lines)), [len(each) for each in lists])
    return _explode(rows, of_row, pa.array([each for items in lists for each in items], pa.string()), reporter)


def _are_counted(lines: Iterable[list[str]]) -> bool:
    """Whether each line begins with the number of its other fields."""
    return all(fields[0].strip() == str(sum(bool(field.strip()) for field in fields[1:])) for fields in lines)


def _refuse_values(lists: list[list[str]], place: str) -> None:
    """Refuse items with a value attached, such as `17:3`."""
    some = [item for items in lists[:100] for item in items]
    if some and all(item.count(":") == 1 and not item.startswith(":") for item in some):
        raise InputError(
            f"{place}: its items have values attached, such as {shown(some[0])}: write a row for each, with a column "
            "of these values"
        )


def split_cells(column: pa.ChunkedArray, subject: str) -> tuple[Int64Array, list[str], str]:
    """Split cells into items. Returns the number per cell (N,), all items as text, and a note on the separator.

    Args:
        column: The cells, (N,), as text. A missing cell is an empty list.
        subject: The beginning of an error message.

    Raises:
        InputError: A list contains something other than ids.
    """
    cells = [(cell or "").strip() for cell in column.cast(pa.string()).to_pylist()]
    filled = [cell for cell in cells if cell]
    if filled and sum(map(is_bracketed, filled)) > len(filled) / 2:
        lists, note = [_unbracketed(cell, subject) for cell in cells], ""
    else:
        sign = next((sign for sign in _ITEM_SEPARATORS if sum(sign in cell for cell in filled) > len(filled) / 4), None)
        note = "" if sign is None else f"read as lists with items separated by {sign!r}"
        lists = [[each.strip() for each in cell.split(sign) if each.strip()] if cell else [] for cell in cells]
    return np.array([len(each) for each in lists], np.int64), [each for items in lists for each in items], note


def _unbracketed(cell: str, subject: str) -> list[str]:
    """The items of a bracketed list."""
    if not cell:
        return []
    found = _loaded(cell)
    if found is None:
        inner = cell[1:-1] if is_bracketed(cell) else cell
        found = [each.strip("'\"") for each in re.split(r"[,;\s]+", inner.strip()) if each.strip("'\"")]
    if any(isinstance(each, dict | list | tuple | set) for each in found):
        raise InputError(
            f"{subject}: its lists hold more than ids, such as {shown(repr(found[0]))}: write a row for each of their "
            "members, with the item's id in a column of its own"
        )
    return [_as_text(each) for each in found if each is not None]


def _loaded(cell: str) -> Sequence[Any] | None:
    """The list in JSON or in Python's notation, or None. Only literals are read; nothing is executed."""
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


def clicked_items(items: pa.Array) -> pa.Array | None:
    """The items of impressions such as `N123-1`, null where not clicked (`N123-0`); None if they are not such.

    This is how the Microsoft News Dataset (Wu et al. 2020) writes impressions.
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
