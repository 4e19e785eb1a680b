"""Rows as read from a file: the wanted columns by role, and the line of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from recsys.arrays import BoolArray, Int64Array
from recsys.errors import InputError, shown

_SHOWN = 5

Wanted = Mapping[str, str | int]
"""The column of each role: its name, or its number counted from 1."""


class NoRowsError(InputError):
    """A table has no rows."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place}: the table has no rows")


@dataclass(frozen=True)
class Rows:
    """Rows in the order of the file."""

    place: str
    """The file's name in messages."""
    table: pa.Table
    """One column per role, such as `user` and `item`."""
    lines: Callable[[], Iterable[int | str]]
    """The line on which each row begins, counted from 1, including rows that were dropped. Rows from one of several
    files also carry that file's name."""
    word: str = "line"
    """The unit of `lines`: "line", or "row" for formats without lines."""
    positions: Int64Array | None = None
    """The index of each row among those that `lines` yields; None if no row was dropped."""
    columns: Sequence[str] = ()
    """The names of all columns of the file."""

    def __len__(self) -> int:
        """N, the number of rows."""
        return int(self.table.num_rows)

    def keep(self, mask: BoolArray) -> Rows:
        """Return the rows where the mask is true."""
        positions = np.arange(len(self)) if self.positions is None else self.positions
        return replace(self, table=self.table.filter(pa.array(mask)), positions=positions[mask])

    def refuse(self, bad: Any, what: str, hint: str = "") -> None:
        """Raise an error if any row is bad.

        Args:
            bad: A mask over the rows, (N,).
            what: What is wrong with bad rows.
            hint: How to correct it.

        Raises:
            InputError: Some rows are bad. The message counts them and shows the first five.
        """
        rows = np.flatnonzero(np.asarray(bad))
        if not len(rows):
            return
        first = rows[:_SHOWN]
        places = first if self.positions is None else self.positions[first]
        lines = list(islice(self.lines(), int(places[-1]) + 1))
        examples = "; ".join(
            f"{self.word} {lines[at]}: {self._cells(row)}" for at, row in zip(places, first, strict=True)
        )
        noun = "row has" if len(rows) == 1 else "rows have"
        raise InputError(f"{self.place}: {len(rows):,} {noun} {what}: {examples}{'; ' if hint else ''}{hint}")

    def _cells(self, row: int) -> str:
        cells = (column[int(row)].as_py() for column in self.table.columns)
        return ", ".join("" if cell is None else shown(cell) for cell in cells)


def missing_column_error(place: str, column: str | int, there: Iterable[object], hint: str = "") -> InputError:
    """The error of a column that does not exist. The message lists those that do."""
    names = shown(", ".join(map(repr, there)), 200)
    if column == "rating" and not hint:
        hint = "data without ratings have data.feedback = 'implicit'"
    if column == "user" and not hint:
        hint = "data.columns gives its name; recsys init detects it"
    return InputError(f"{place}: no column {column!r}; there are {names}{'; ' if hint else ''}{hint}")


def concat_files(files: Mapping[str, Rows]) -> Rows:
    """Concatenate the rows of several files, with a column `split` that holds each file's name in `files`.

    Messages use the first file's name, and the other names where one of their rows is meant.
    """
    several = list(files.values())
    names = [pa.array([name], pa.string()) for name in files]
    splits = [pa.repeat(name[0], len(rows)) for name, rows in zip(names, several, strict=True)]
    columns = {
        role: _concat_columns([rows.table.column(role) for rows in several]) for role in several[0].table.column_names
    } | {"split": pa.chunked_array(splits, pa.string())}
    return Rows(
        " and ".join(rows.place for rows in several), pa.table(columns), _lines_of_files(several), several[0].word
    )


def _concat_columns(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Concatenate columns; as text if their types are incompatible."""
    plain = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column for column in columns
    ]
    tables = [pa.table({"column": column}) for column in plain]
    try:
        return pa.concat_tables(tables, promote_options="permissive").column("column")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.chunked_array([chunk for column in plain for chunk in column.cast(pa.string()).chunks], pa.string())


def _lines_of_files(several: Sequence[Rows]) -> Callable[[], Iterable[int | str]]:
    def lines() -> Iterable[int | str]:
        for rows in several:
            places = np.arange(len(rows)) if rows.positions is None else rows.positions
            there = list(islice(rows.lines(), int(places.max(initial=-1)) + 1))
            yield from (f"{there[place]} of {rows.place}" for place in places)

    return lines
