"""A column and a sample of its cells: what they are, regardless of the column's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Float64Array
from recsys.data.inspection.values import fitting_formats
from recsys.data.numbers import distinct, numbers
from recsys.data.plausibility import are_counts, outlying_values
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.formats import Format
from recsys.data.reading.json_files import names_of_json, read_json
from recsys.data.reading.parquet_files import names_of_parquet
from recsys.data.reading.table import read_rows
from recsys.data.times_of_day import are_times_of_day, is_boolean
from recsys.errors import InputError

Kind = Literal["empty", "nested", "truth", "clock", "dates", "numbers", "words"]

_MOST = 0.5
"""The share of filled cells below which a column counts as empty."""
_NEARLY = 0.9
"""The share of numbers from which a column is numeric."""
_NO_WORDS = {"", "na", "n/a", "nan", "null", "none", "\\n", "-", "?", "<na>"}
"""Words in lower case that mean that a cell is empty."""
_EPOCHS = ((1e9, 2.2e9), (1e12, 2.2e12), (1e15, 2.2e15), (1e18, 2.2e18))
"""Ranges of epoch times from 2001 to 2039, in seconds, milliseconds, microseconds and nanoseconds."""
_OLDER = ((1e8, 4e9), (6e11, 4e12), (1e14, 4e15), (1e17, 4e18))
"""Wider ranges of epoch times, in the same units."""
_STEP_OF_TIME = 3600
_AGAIN = 5
"""The most repetitions of a time, on average. Ids repeat more often."""
_STARS = 21
"""The most distinct values of ratings, as from 0 to 10 in halves."""
_HIGHEST_STAR = 10
_MOST_KINDS = 20
_VERB = re.compile(r"[^\W\d]{2,}([ -][^\W\d]+)*")
_HEAD = 500
"""Rows that decide whether a column counts them."""
_COMMON = 5
"""The least average frequency of an event type."""
_SAMPLE = 20_000
"""Cells of a column that are inspected."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column."""

    key: str | int
    """Its name, or its number if it has no unique name."""
    name: str
    """Its name in the header; empty without one."""
    cells: pa.ChunkedArray | None
    """Some of its cells; None for lists and structures."""

    @cached_property
    def filled(self) -> pa.ChunkedArray:
        """The cells that are not empty."""
        cells = self.cells
        if cells is None:
            return pa.chunked_array([pa.array([], pa.string())])
        if pa.types.is_dictionary(cells.type):
            cells = cells.cast(cells.type.value_type)
        if pa.types.is_string_view(cells.type) or pa.types.is_large_string(cells.type):
            cells = cells.cast(pa.string())
        cells = cells.drop_null()
        if not pa.types.is_string(cells.type):
            return cells
        empty = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(cells)), pa.array(sorted(_NO_WORDS)))
        return cells.filter(pc.invert(empty))

    @cached_property
    def values(self) -> Float64Array:
        """The numbers among the cells, with any separators."""
        found = numbers(self.filled)
        for decimal, thousands in ((".", ","), (",", "."), (".", " "), (".", "'")):
            other = numbers(self.filled, decimal, thousands)
            found = np.where(np.isnan(found), other, found)
        return np.asarray(found[~np.isnan(found)])

    @cached_property
    def distinct_count(self) -> int:
        """The number of distinct cells."""
        return len(distinct(self.filled)[1])

    @cached_property
    def kind(self) -> Kind:
        """What the cells are."""
        if self.cells is None:
            return "nested"
        if not len(self.filled):
            return "empty"
        if is_boolean(self.filled):
            return "truth"
        if are_times_of_day(self.filled):
            return "clock"
        if fitting_formats(self.filled):
            return "dates"
        return "numbers" if len(self.values) >= _NEARLY * len(self.filled) else "words"

    @property
    def mostly_empty(self) -> bool:
        """Whether most cells are empty."""
        return self.cells is not None and len(self.filled) < _MOST * len(self.cells)

    @property
    def constant(self) -> bool:
        """Whether all cells are equal."""
        return self.distinct_count <= 1 and len(self.filled) > 1

    @cached_property
    def is_integer(self) -> bool:
        """Whether it has whole numbers only."""
        return self.kind == "numbers" and bool((self.values == np.floor(self.values)).all())

    @cached_property
    def has_counts(self) -> bool:
        """Whether it has counts, which have a long tail. Values below 0, such as returned goods, are ignored."""
        return self.kind == "numbers" and are_counts(self.values[self.values >= 0])

    @cached_property
    def has_rating_levels(self) -> bool:
        """Whether it has few distinct numbers on a usual scale, apart from codes for a missing rating."""
        if self.kind != "numbers" or self.constant:
            return False
        there = np.setdiff1d(self.values, outlying_values(self.values))
        halves = bool((there * 2 % 1 == 0).all()) and np.abs(there).max() <= _HIGHEST_STAR
        tens = bool((there % _HIGHEST_STAR == 0).all()) and 0 <= there.min() <= there.max() <= _HIGHEST_STAR**2
        return len(there) <= _STARS and (halves or tens)

    @cached_property
    def has_epochs(self) -> bool:
        """Whether its numbers may be epoch times, provided that its name says so."""
        return self._within(_OLDER)

    @cached_property
    def has_certain_epochs(self) -> bool:
        """Whether its numbers are epoch times regardless of its name. Ids in that range repeat more often."""
        hours = self.is_integer and bool((self.values % _STEP_OF_TIME == 0).all()) and self.distinct_count > 1
        rare = self.distinct_count * _AGAIN > len(self.values)
        return (self._within(_EPOCHS) and (rare or hours)) or (self._within(_OLDER) and hours)

    def _within(self, ranges: Sequence[tuple[float, float]]) -> bool:
        if self.kind != "numbers" or not len(self.values):
            return False
        low, high = float(self.values.min()), float(self.values.max())
        return any(first < low and high < last for first, last in ranges)

    @property
    def has_few_values(self) -> bool:
        """Whether it has a few distinct words or whole numbers, each of them often."""
        few = 1 < self.distinct_count <= min(_MOST_KINDS, len(self.filled) / _COMMON)
        return few and (self.kind == "words" or (self.is_integer and self.distinct_count <= _MOST_KINDS / 2))

    @property
    def has_action_words(self) -> bool:
        """Whether it has a few distinct words of letters, such as `view` and `add_to_cart`."""
        kinds = distinct(self.filled)[1] if self.kind == "words" and self.has_few_values else pa.array([], pa.string())
        return len(kinds) > 1 and all(
            re.fullmatch(r"[^\W\d]{2,}([ -][^\W\d]+)*", str(each)) for each in kinds.to_pylist()
        )

    @property
    def counts_rows(self) -> bool:
        """Whether it counts the rows: each number is one more than the previous."""
        return self.is_integer and len(self.values) > _MOST_KINDS and bool((np.diff(self.values[:_HEAD]) == 1).all())

    @property
    def may_be_ids(self) -> bool:
        """Whether it can hold ids: words or whole numbers that are not all equal."""
        return not self.constant and not self.counts_rows and (self.kind == "words" or self.is_integer)


def stored_columns(path: Path, form: Format) -> list[Column]:
    """The columns of a Parquet or JSON file. Those of lists or structures have no cells.

    Raises:
        InputError: The file cannot be read.
    """
    if form.kind == "json":
        names = names_of_json(path, form)
        try:
            table = read_json(path, form, {name: name for name in names}, None, lambda _line: None).table
            return [Column(name, name, _sampled(table.column(name))) for name in names]
        except InputError:
            pass  # one of them has values of several types: the others can be read all the same
    else:
        names = names_of_parquet(path, form)
    return [Column(name, name, _read_column(path, name)) for name in names]


def _read_column(path: Path, name: str) -> pa.ChunkedArray | None:
    """Some cells of one column, so that only one column is held at a time; None if it cannot be read."""
    try:
        return _sampled(read_rows(path, {name: name}, Dialect(), lambda _line: None).table.column(name))
    except InputError:
        return None


def _sampled(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_nested(kind):
        return None
    at = np.unique(np.linspace(0, max(len(column) - 1, 0), min(len(column), _SAMPLE)).astype(np.int64))
    return column.take(pa.array(at))
