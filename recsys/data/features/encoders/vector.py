"""Vectors: lists of numbers that someone else has computed, such as embeddings."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from recsys.arrays import Float64Array, Int64Array
from recsys.data.features.encoders.base import ColumnEncoder, Fitting
from recsys.data.features.encoders.column import SourceColumn, is_list, is_text
from recsys.data.features.encoders.sparse import from_entries
from recsys.reporter import Reporter, quiet

_BETWEEN = r"[\s,;|]+"


class VectorEncoder(ColumnEncoder):
    """One feature for each of the D dimensions. Each row is scaled to length 1."""

    type: Literal["vector"] = "vector"
    size: int
    """D, the number of dimensions."""
    separator: str | None = None
    """The separator between the numbers in a text; None: blanks, commas, semicolons or bars."""

    @property
    def names(self) -> list[str]:
        """One name for each dimension, as `embedding[0]`."""
        return [f"{self.column}[{at}]" for at in range(self.size)]

    def encode(self, column: SourceColumn, reporter: Reporter = quiet) -> csr_array:  # noqa: ARG002 - of the protocol
        """Return the rows (N, D)."""
        rows, vectors = vectors_of(column, self.size, self.separator)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        scaled = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        of_row, of_column = np.repeat(rows, self.size), np.tile(np.arange(self.size), len(rows))
        return from_entries(of_row, of_column, scaled.ravel(), (len(column), self.size))


def fit_vectors(column: SourceColumn, how: Fitting) -> VectorEncoder:
    """Return the encoder of a column of vectors, which has the length of the first.

    Raises:
        InputError: Some are no vectors of that length.
    """
    lists = _lists(column, how.type.separator)
    lengths = pc.list_value_length(lists).drop_null()
    size = int(lengths[0].as_py()) if len(lengths) else 0
    rows, _ = vectors_of(column, size, how.type.separator)
    return VectorEncoder(column=column.name, known=len(rows), size=size, separator=how.type.separator)


def vectors_of(column: SourceColumn, size: int, separator: str | None) -> tuple[Int64Array, Float64Array]:
    """The rows that have a vector (K,), and the vectors (K, D).

    Raises:
        InputError: A cell is no list of `size` finite numbers.
    """
    lists = _lists(column, separator)
    lengths = pc.list_value_length(lists).fill_null(-1).to_numpy(zero_copy_only=False)
    expected = f"expected {size:,} numbers in each cell, as in the first"
    column.refuse((lengths >= 0) & (lengths != size), f"not of {size:,} numbers", expected)
    rows = np.flatnonzero(lengths >= 0)
    try:
        flat = pc.list_flatten(lists).cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowException:
        raise column.error("has lists of other things than numbers", expected) from None
    vectors = np.asarray(flat, np.float64).reshape(len(rows), size)
    bad = np.zeros(len(column), bool)
    bad[rows] = ~(np.abs(vectors) < 1e30).all(axis=1)
    column.refuse(bad, "incomplete, with a missing or infinite number", "expected finite numbers")
    return rows, vectors


def _lists(column: SourceColumn, separator: str | None) -> pa.Array:
    """The cells as lists in one array, null for a missing one.

    Raises:
        InputError: The cells are neither lists nor texts.
    """
    cells = column.numeric_cells
    if is_list(cells.type) and not pa.types.is_nested(cells.type.value_type):
        lists = cells.cast(pa.large_list(cells.type.value_type))
        empty = pc.equal(pc.list_value_length(lists), 0)
        lists = pc.if_else(empty, None, lists)
    elif is_text(cells.type):
        inner = pc.replace_substring_regex(cells.cast(pa.large_string()), r"(?s)^[\[(]\s*(.*?)\s*[\])]$", r"\1")
        between = re.escape(separator) if separator else _BETWEEN
        lists = pc.split_pattern_regex(inner, between)
    else:
        raise column.error(f"has cells of type {cells.type}", "expected lists of numbers, as [0.25, -1.5]")
    return pa.concat_arrays(lists.chunks) if isinstance(lists, pa.ChunkedArray) else lists
