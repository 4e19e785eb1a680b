"""The rows of a sparse matrix: its entries, sorted by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recsys.arrays import Int32Array, IntArray
from recsys.errors import InputError


@dataclass(frozen=True, eq=False)
class Side:
    """All rows of a sparse matrix. `Side.of(columns, rows, …)` is the other side, the rows of the transpose."""

    starts: IntArray
    """The first entry of each row, and the number of entries, shape (rows + 1,)."""
    columns: Int32Array
    """The columns of the entries, in the order of rows, shape (entries,)."""
    order: IntArray
    """The positions of these entries in the list of all entries, shape (entries,)."""

    @classmethod
    def of(cls, rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> Self:
        """Sort the entries by row; a repeated pair counts as two entries.

        Args:
            rows: The entries' rows, shape (N,), in any order.
            columns: The entries' columns, shape (N,).
            shape: The numbers of rows and columns.

        Raises:
            InputError: An entry is outside the shape.
        """
        for name, codes, size in zip(("row", "column"), (rows, columns), shape, strict=True):
            if len(codes) and not (codes.min() >= 0 and codes.max() < size):
                raise InputError(
                    f"a {name} of the entries is outside 0…{size - 1}: give the number of {name}s there are"
                )
        starts = np.zeros(shape[0] + 1, np.int64)
        np.cumsum(np.bincount(rows, minlength=shape[0]), out=starts[1:])
        order = np.argsort(rows, kind="stable")
        return cls(starts, columns[order].astype(np.int32), order)

    @property
    def rows(self) -> int:
        """The number of rows, including those without an entry."""
        return len(self.starts) - 1
