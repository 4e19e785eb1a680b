"""Categories: a feature for each, one or several of them in a row."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from recsys.data.features.encoders.base import SEEN, ColumnEncoder, Fitting
from recsys.data.features.encoders.column import SourceColumn
from recsys.data.features.encoders.parts import Parts, parts_of, separator_in
from recsys.data.features.encoders.sparse import from_entries
from recsys.reporter import Reporter, quiet


class CategoryEncoder(ColumnEncoder):
    """A feature for each category that several ids have. Each of a row's categories weighs 1."""

    type: Literal["category", "categories"]
    values: tuple[str, ...]
    """The categories, in ascending order."""
    separator: str | None = None
    """The separator between the categories in a text."""

    @property
    def names(self) -> list[str]:
        """The name of each feature, as `genres=Comedy`."""
        return [f"{self.column}={value}" for value in self.values]

    def encode(self, column: SourceColumn, reporter: Reporter = quiet) -> csr_array:
        """Return the rows (N, F). A category that is not known has no entry, which is reported."""
        parts = _parts(column, self)
        places = {value: at for at, value in enumerate(self.values)}
        found = np.array([places.get(value, -1) for value in parts.values], np.int64)
        unknown = [value for value, place in zip(parts.values, found.tolist(), strict=True) if place < 0]
        if unknown:
            reporter(f"{column.subject}: {len(unknown):,} categories are not known, such as {unknown[0]!r}: left out")
        columns = found[parts.codes]
        rows, columns = parts.rows[columns >= 0], columns[columns >= 0]
        return from_entries(rows, columns, np.ones(len(rows)), (len(column), len(self.values)))


def fit_categories(column: SourceColumn, how: Fitting) -> CategoryEncoder:
    """Return the encoder of a column's categories. One that a single id has is dropped, which is reported."""
    kind: Literal["category", "categories"] = "category" if how.type.type == "category" else "categories"
    separator = how.type.separator or (separator_in(column) if kind == "categories" else None)
    empty = CategoryEncoder(type=kind, column=column.name, known=0, values=(), separator=separator)
    parts = _parts(column, empty)
    counts = np.bincount(parts.codes, minlength=len(parts.values))
    once = int((counts < SEEN).sum())
    if once and once < len(counts):
        how.reporter(f"{column.subject}: {once:,} of {len(counts):,} categories have one id each: left out")
    values = tuple(sorted(value for value, count in zip(parts.values, counts, strict=True) if count >= SEEN))
    return empty.model_copy(update={"values": values, "known": int(np.count_nonzero(np.diff(parts.rows, prepend=-1)))})


def _parts(column: SourceColumn, encoder: CategoryEncoder) -> Parts:
    """The distinct categories of each row."""
    if encoder.type == "category":
        codes, values = column.texts
        rows = np.flatnonzero(codes >= 0)
        return Parts(rows, codes[rows], values)
    parts = parts_of(column, encoder.separator)
    size = max(len(parts.values), 1)
    pairs = np.sort(parts.rows * size + parts.codes)  # np.unique is many times slower for millions of numbers
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return Parts(pairs // size, pairs % size, parts.values)
