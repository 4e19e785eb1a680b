"""A source column: its cells without blanks and marks of missing values, and errors that name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import BoolArray, Int64Array
from recsys.data.numbers import distinct
from recsys.errors import InputError, shown

__all__ = ["MISSING", "SourceColumn", "coded_texts", "is_list", "is_text", "text_of"]

MISSING = ("", "nan", "null", "<na>", "\\n")
"""Words in lower case that mean a missing value in any column."""
NOT_NUMBERS = (*MISSING, "na", "n/a", "none", "nil", "-", "?")
"""Words in lower case that mean a missing number, date, flag or vector; in a category they may be one."""


@dataclass(frozen=True, eq=False)
class SourceColumn:
    """One column of a table, with a cell for each of N ids."""

    place: str
    """The table's name in messages."""
    name: str
    """The column's name."""
    given: pa.ChunkedArray
    """The cells (N,) as read."""

    @classmethod
    def of_values(cls, place: str, name: str, values: Iterable[Any]) -> SourceColumn:
        """Return a column of Python values.

        Raises:
            InputError: The values are of several types, or of one that no table has.
        """
        try:
            return cls(place, name, pa.chunked_array([pa.array(list(values))]))
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            raise InputError(f"{place}: column {shown(repr(name))} has values of several types: use one type") from None

    def __len__(self) -> int:
        """N, the number of cells."""
        return len(self.given)

    @property
    def subject(self) -> str:
        """The beginning of a message."""
        return f"{self.place}: column {shown(repr(self.name))}"

    @cached_property
    def cells(self) -> pa.ChunkedArray:
        """The cells in a plain type: text without blanks around it, and null for a missing value.

        Raises:
            InputError: The text is not in UTF-8.
        """
        column = self.given
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        kind = column.type
        if pa.types.is_floating(kind):
            return pc.if_else(pc.is_nan(column.cast(pa.float64())), None, column.cast(pa.float64()))
        if pa.types.is_null(kind):
            return column.cast(pa.string())
        if not (is_text(kind) or _is_bytes(kind)):
            return column
        try:
            texts = pc.utf8_trim_whitespace(column.cast(pa.string()))
        except pa.ArrowException:
            raise InputError(f"{self.subject} has bytes that are no text in UTF-8: store it as text") from None
        return _without(texts, MISSING)

    @cached_property
    def numeric_cells(self) -> pa.ChunkedArray:
        """The cells, with null also for words such as `NA` and `?`."""
        return _without(self.cells, NOT_NUMBERS) if is_text(self.cells.type) else self.cells

    @property
    def single_cells(self) -> pa.ChunkedArray:
        """The numeric cells of a column with one value in each.

        Raises:
            InputError: The cells are lists or structures.
        """
        self._refuse_nested()
        return self.numeric_cells

    @cached_property
    def filled(self) -> int:
        """The number of cells that have a value."""
        return len(self.cells) - int(self.cells.null_count)

    @cached_property
    def texts(self) -> tuple[Int64Array, list[str]]:
        """Each cell's index (N,) among the distinct texts, -1 for a missing value, and these.

        Raises:
            InputError: The cells are lists or structures.
        """
        self._refuse_nested()
        return coded_texts(self.cells)

    def _refuse_nested(self) -> None:
        if pa.types.is_nested(self.cells.type):
            raise self.error(f"has cells of type {shown(self.cells.type)}", "expected one value in each")

    def take(self, rows: pa.Array) -> SourceColumn:
        """Return the cells at `rows`, null where a row is null."""
        return SourceColumn(self.place, self.name, self.given.take(rows))

    def error(self, what: str, hint: str) -> InputError:
        """Return an error about this column."""
        return InputError(f"{self.subject} {what}: {hint}")

    def refuse(self, bad: BoolArray, what: str, hint: str) -> None:
        """Raise an error if any cell is bad.

        Raises:
            InputError: Some are. The message counts them and shows the first.
        """
        if bad.any():
            first = self.given[int(bad.argmax())].as_py()
            many = "1 value is" if bad.sum() == 1 else f"{int(bad.sum()):,} values are"
            raise InputError(f"{self.subject}: {many} {what}, such as {shown(repr(first))}: {hint}")


def coded_texts(cells: pa.ChunkedArray) -> tuple[Int64Array, list[str]]:
    """Each cell's index (N,) among the distinct texts, -1 for null, and these in the order of their appearance."""
    codes, values = distinct(cells)
    places: dict[str, int] = {}
    of_values = [places.setdefault(text_of(value), len(places)) for value in values.to_pylist()]
    return np.append(np.array(of_values, np.int64), -1)[codes], list(places)


def text_of(value: object) -> str:
    """A value as text: whole numbers without a point, `true` and `false`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is of text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_list(kind: pa.DataType) -> bool:
    """Whether a type is of lists."""
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _without(texts: pa.ChunkedArray, words: Iterable[str]) -> pa.ChunkedArray:
    missing = pc.is_in(pc.utf8_lower(texts), pa.array(sorted(words)))
    return pc.if_else(missing, None, texts)
