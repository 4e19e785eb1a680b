"""Inspect a source without a row per event: its shape, as `[data]` declares it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from recsys.data.numbers import numbers
from recsys.data.plausibility import outlying_values
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.rows import Rows
from recsys.data.reading.shapes import (
    bare_matrix_error,
    example_list,
    guess_table,
    looks_like_bare_matrix,
    looks_like_lines_of_lists,
    looks_like_matrix,
    text_start,
)
from recsys.data.reading.wide import read_wide
from recsys.errors import shown

Found = tuple[dict[str, Any], list[str]]
_IMPRESSIONS = re.compile(r"\S+-[01]( \S+-[01])*")
_MOST = 0.9


def inspect_shape(path: Path) -> Found | None:
    """The keys of `[data]` for a matrix or for lines of lists, with notes; None for any other text.

    Raises:
        InputError: The text is a matrix without a column of users.
    """
    start = text_start(path)
    if start is None:
        return None
    if looks_like_lines_of_lists(start, None):
        document = {"shape": "lists", "feedback": "implicit", "header": False, "columns": {"user": 1, "item": 2}}
        return document, ["each line has a user and all their items: data.shape = 'lists', data.feedback = 'implicit'"]
    separator, header, rows = guess_table(start, Dialect())
    first = [cell.strip() for cell in header or ()]
    if header is not None and (len(set(first)) < len(first) or "" in first[1:]):  # ratings come again, names do not
        rows, header = [header, *rows], None
    if header is None and looks_like_bare_matrix(rows):
        raise bare_matrix_error(shown(path, 200))
    return _wide(path, separator, header) if looks_like_matrix(header, rows) else None


def _wide(path: Path, separator: str, header: Sequence[str] | None) -> Found:
    user: str | int = header[0] if header and header[0] else 1
    document: dict[str, Any] = {"shape": "wide", "columns": {"user": user}}
    document |= {"header": False} if header is None else {}
    document |= {"separator": separator} if separator != "," else {}
    notes = ["it is a matrix with a row per user and a column per item: data.shape = 'wide'"]
    rows = read_wide(path, {"user": user}, "rating", Dialect(separator, header=header is not None), notes.append)
    values = numbers(rows.table.column("rating"))
    values = values[~np.isnan(values)]
    if 2 * (values == 0).sum() > len(values):
        missing = [0.0]
        notes.append("most cells are 0, which is taken to mean nothing: data.missing = [0]")
    elif missing := outlying_values(values).tolist():
        notes.append(f"values that are taken to mean nothing: data.missing = {missing}")
    if missing:
        document["missing"] = [int(value) if value.is_integer() else value for value in missing]
    rest = values[~np.isin(values, missing)]
    if len(rest) and (rest == rest[0]).all():
        document["feedback"] = "implicit"
        notes.append(f"every filled cell is {rest[0]:g}: the cells are actions, data.feedback = 'implicit'")
    return document, notes


def inspect_impressions(path: Path) -> Found | None:
    """The keys of `[data]` for a log of impressions, as in the Microsoft News Dataset (Wu et al. 2020)."""
    start = text_start(path)
    if start is None:
        return None
    separator, _, rows = guess_table(start, Dialect(header=False))
    columns = {place: [cell.strip() for cell in cells] for place, cells in enumerate(zip(*rows, strict=True), 1)}
    item = next((place for place, cells in columns.items() if _are_impressions(cells)), None)
    people = [place for place, cells in columns.items() if place != item and _may_be_people(cells)]
    if item is None or not people:
        return None
    rest = [place for place in columns if place not in (item, people[0])]
    times = [place for place in rest if all(re.search(r"[0-9][/:-][0-9]", cell) for cell in columns[place])]
    places = {"user": people[0], "item": item} | dict(zip(("timestamp",), times, strict=False))
    document = {"shape": "lists", "feedback": "implicit", "header": False, "columns": places}
    document["separator"] = separator
    return document, [f"column {item} has impressions such as {shown(columns[item][0])}: those that end in -1 are read"]


def _are_impressions(cells: Sequence[str]) -> bool:
    return all(map(_IMPRESSIONS.fullmatch, cells)) and any(" " in cell for cell in cells)


def _may_be_people(cells: Sequence[str]) -> bool:
    """Whether cells are single words other than the numbers of the rows."""
    return all(cell and not set(cell) & set(" /:") for cell in cells) and [
        str(each) for each in range(1, len(cells) + 1)
    ] != list(cells)


def declare_lists(rows: Rows, document: dict[str, Any], notes: list[str]) -> bool:
    """Whether the items are lists; if so, declare it in the document."""
    if document.get("shape") == "lists":
        return True
    cell = example_list(rows)
    if cell is None:
        return False
    for role in ("rating", "weight"):
        document["columns"].pop(role, None)
    document |= {"shape": "lists", "feedback": "implicit"}
    notes.append(f"items are lists such as {shown(cell)}: data.shape = 'lists', data.feedback = 'implicit'")
    return True
