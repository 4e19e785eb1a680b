"""Read a matrix: one row per user, one column per item, and a rating, a weight or nothing in each cell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from recsys.data.reading.delimited import open_text
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.json_files import names_of_json
from recsys.data.reading.parquet_files import names_of_parquet
from recsys.data.reading.rows import NoRowsError, Rows, Wanted, missing_column_error
from recsys.data.reading.signatures import detect_format, is_folder
from recsys.data.reading.table import list_parts, read_rows
from recsys.errors import InputError, NotFoundError, shown
from recsys.reporter import Reporter

MATRIX_ROLES = ("item", "rating", "weight")
"""Roles that the matrix itself holds."""


def read_wide(path: Path, wanted: Wanted, value: str, dialect: Dialect, reporter: Reporter) -> Rows:
    """Read one row per filled cell, user by user, in the order of the columns.

    Args:
        path: A file, or a folder of parts.
        wanted: The column of the users, and of anything else that is not an item.
        value: The role of the cells: `rating` or `weight`.
        dialect: What is declared about a text.
        reporter: Receives a note on the size of the matrix.

    Raises:
        InputError: The file cannot be read, lacks a column, or has no filled cell.
    """
    wanted = {role: column for role, column in wanted.items() if role not in MATRIX_ROLES}
    names, dialect = column_names(path, dialect, wanted, reporter)
    kept = {role: _position(column, names) for role, column in wanted.items()}
    if wanted.get("user") == "user" and "user" not in names:
        kept["user"] = 0
        reporter(
            f"{path.name}: its first column, {names[0]!r}, is taken as the users' column: data.columns.user names "
            "another"
        )
    items = [at for at in range(len(names)) if at not in kept.values()]
    if not items:
        raise InputError(f"{path.name}: has no columns of items besides {', '.join(map(repr, names))}")
    rows = read_rows(path, {str(at): _column_key(names[at], at, names) for at in range(len(names))}, dialect, reporter)
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
    reporter(f"{rows.place}: a matrix of {size}; {len(of_row):,} cells are filled")
    positions = of_row if rows.positions is None else rows.positions[of_row]
    return replace(rows, table=pa.table(columns), positions=positions)


def _position(column: str | int, names: list[str]) -> int:
    """The position of a column, counted from 0. A missing column is refused when the table is read."""
    if isinstance(column, int):
        return column - 1
    return names.index(column) if column in names else 0


def _column_key(name: str, at: int, names: list[str]) -> str | int:
    """A column's name, or its number if the name is empty or not unique."""
    return name if name and names.count(name) == 1 else at + 1


def _of_one_type(rows: Rows, items: list[int]) -> list[pa.ChunkedArray]:
    """The items' columns as text if one of them is text, otherwise as numbers."""
    cells = [rows.table.column(str(at)) for at in items]
    numeric = all(
        pa.types.is_integer(cell.type) or pa.types.is_floating(cell.type) or pa.types.is_null(cell.type)
        for cell in cells
    )
    return [cell.cast(pa.float64() if numeric else pa.string()) for cell in cells]


def column_names(path: Path, dialect: Dialect, wanted: Wanted, reporter: Reporter) -> tuple[list[str], Dialect]:
    """The columns' names, or numbers counted from 1 without a header, and the dialect completed by what was detected.

    Args:
        path: A file, or a folder of parts, of which the first is inspected.
        dialect: What is declared about a text.
        wanted: The wanted columns.
        reporter: Receives notes on what was detected.

    Raises:
        InputError: The table cannot be read, or lacks the users' column.
    """
    file, form = (list_parts(path)[0]) if is_folder(path) else (path, detect_format(path))
    if form is None:
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    if form.kind == "text":
        user = wanted["user"]
        named = isinstance(user, str) and user != "user"
        sought: Wanted = {"user": user} if named else {"user": 1, "item": 2}
        text = open_text(file, form, sought, dialect, reporter)
        names = text.names if text.names is not None else [str(number) for number in range(1, text.width + 1)]
        first = next(text.rows(), None)
        if first is not None and text.width > len(names) and first.fields[-1]:
            raise InputError(
                f"{text.place}: its rows have {text.width} fields and its header {len(names)}: give the users' "
                "column a name"
            )
        dialect = replace(dialect, separator=text.separator)
    else:
        folder = path if form.kind == "parquet" else file
        names = [str(name) for name in (names_of_parquet if form.kind == "parquet" else names_of_json)(folder, form)]
    for column in wanted.values():
        if isinstance(column, str) and column not in names and (column, wanted["user"]) != ("user", "user"):
            raise missing_column_error(shown(path, 200), column, names)
    return names, dialect
