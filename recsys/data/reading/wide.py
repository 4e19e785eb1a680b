"""A matrix: a row a person, a column an item, in each cell what the person gave, or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from recsys.data.reading.dialect import Dialect
from recsys.data.reading.names import names_of
from recsys.data.reading.rows import NoRowsError, Rows, Wanted
from recsys.data.reading.table import read_rows
from recsys.errors import InputError
from recsys.reporter import Reporter

OTHER = ("item", "rating", "weight")
"""Roles that are the matrix itself."""


def read_wide(path: Path, wanted: Wanted, value: str, dialect: Dialect, reporter: Reporter) -> Rows:
    """A row for every filled cell, person by person, in the order of the columns.

    Args:
        path: A file, or a folder of parts.
        wanted: The column of the users, and of whatever else is no item.
        value: The role of the cells: `rating` or `weight`.
        dialect: What is said of a text.
        reporter: Receives how large the matrix is.

    Raises:
        InputError: It cannot be read, has no such column, or no cell is filled.
    """
    wanted = {role: column for role, column in wanted.items() if role not in OTHER}
    names, dialect = names_of(path, dialect, wanted, reporter)
    kept = {role: _column(column, names) for role, column in wanted.items()}
    if wanted.get("user") == "user" and "user" not in names:
        kept["user"] = 0
        reporter(
            f"{path.name}: its first column, {names[0]!r}, is taken for the people: data.columns.user says another"
        )
    items = [at for at in range(len(names)) if at not in kept.values()]
    if not items:
        raise InputError(f"{path.name}: has no columns of items besides {', '.join(map(repr, names))}")
    rows = read_rows(path, {str(at): _asked(names[at], at, names) for at in range(len(names))}, dialect, reporter)
    cells = _of_one_type(rows, items)
    filled = np.stack([cell.is_valid().to_numpy() for cell in cells], axis=1)
    of_row, of_column = np.nonzero(filled)
    if not len(of_row):
        raise NoRowsError(rows.place)
    flat = pa.chunked_array([chunk for cell in cells for chunk in cell.chunks], cells[0].type)
    titles = pa.array([str(names[at]) for at in items])
    columns = {role: rows.table.column(str(at)).take(pa.array(of_row)) for role, at in kept.items()}
    columns |= {"item": titles.take(pa.array(of_column)), value: flat.take(pa.array(of_column * len(rows) + of_row))}
    size = f"{len(rows):,} rows and {len(items):,} items"
    reporter(f"{rows.place}: a matrix of {size}, of whose cells {len(of_row):,} are filled")
    positions = of_row if rows.positions is None else rows.positions[of_row]
    return replace(rows, table=pa.table(columns), positions=positions)


def _column(column: str | int, names: list[str]) -> int:
    """Where a column stands, counted from 0; one that is not there is refused as the table is read."""
    if isinstance(column, int):
        return column - 1
    return names.index(column) if column in names else 0


def _asked(name: str, at: int, names: list[str]) -> str | int:
    """A column by its name; by its number where its name is none of its own."""
    return name if name and names.count(name) == 1 else at + 1


def _of_one_type(rows: Rows, items: list[int]) -> list[pa.ChunkedArray]:
    """The columns of the items as text where one of them is text, else as numbers."""
    cells = [rows.table.column(str(at)) for at in items]
    numeric = all(
        pa.types.is_integer(cell.type) or pa.types.is_floating(cell.type) or pa.types.is_null(cell.type)
        for cell in cells
    )
    return [cell.cast(pa.float64() if numeric else pa.string()) for cell in cells]
