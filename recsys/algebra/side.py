"""Side: the rows of a sparse matrix, cut into buckets of rows of alike length.

A bucket is a rectangle, so that its rows' sums of outer products are one batched matrix product. Rows that are shorter
than their bucket are padded; `GROWTH` bounds by how much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from recsys.arrays import IntArray
from recsys.errors import InputError

GROWTH = 1.2
"""The longest row of a bucket has at most this many times the entries of its shortest: 9 % of padding on
MovieLens-100K, and a few dozen buckets whatever the number of rows."""


@dataclass(frozen=True, eq=False)
class Bucket:
    """R rows of at most L entries; the padding points at the spare column and at the spare entry."""

    rows: IntArray
    """Which rows of the side these are, shape (R,)."""
    columns: IntArray
    """The columns of their entries, shape (R, L)."""
    entries: IntArray
    """Where these entries stand in the matrix's own list, shape (R, L)."""

    def __getitem__(self, part: slice) -> Bucket:
        """Some of the rows."""
        return Bucket(self.rows[part], self.columns[part], self.entries[part])


@dataclass(frozen=True, eq=False)
class Side:
    """All rows of a sparse matrix. The other side is that of its transpose: `Side.of(columns, rows, …)`."""

    rows: int
    """How many rows there are, those without an entry included."""
    columns: int
    """How many columns there are; this number itself is the spare column that padding points at."""
    entries: int
    """How many entries there are; this number itself is the spare entry that padding points at."""
    buckets: tuple[Bucket, ...]

    @classmethod
    def of(cls, rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> Self:
        """Sort the entries by row and cut the rows into buckets; a pair that stands twice is two entries.

        Args:
            rows: The entries' rows, shape (N,), in any order.
            columns: The entries' columns, shape (N,).
            shape: How many rows and columns there are.

        Raises:
            InputError: An entry is outside the shape.
        """
        for name, codes, size in zip(("row", "column"), (rows, columns), shape, strict=True):
            if len(codes) and not (codes.min() >= 0 and codes.max() < size):
                raise InputError(
                    f"a {name} of the entries is outside 0…{size - 1}: give the number of {name}s there are"
                )
        return cls(*shape, len(rows), tuple(_buckets(rows, columns, shape)))

    @property
    def cells(self) -> int:
        """How many entries the buckets have with their padding."""
        return sum(bucket.entries.size for bucket in self.buckets)


def _buckets(rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> Iterator[Bucket]:
    n = len(rows)
    kind = np.int32 if n < np.iinfo(np.int32).max else np.int64
    order: IntArray = np.append(np.argsort(rows, kind="stable"), n).astype(kind)
    columns = np.append(columns, shape[1])
    lengths = np.bincount(rows, minlength=shape[0])
    starts = np.cumsum(lengths) - lengths
    longest_first = np.argsort(-lengths, kind="stable")
    sorted_lengths = lengths[longest_first]
    begin = 0
    while begin < shape[0]:
        longest = sorted_lengths[begin]
        end = int(np.searchsorted(-sorted_lengths, -longest / GROWTH, side="right"))
        members = longest_first[begin:end]
        offsets = np.arange(longest)
        inside = offsets < lengths[members, None]
        entries = order[np.where(inside, starts[members, None] + offsets, n)]
        yield Bucket(members, columns[entries].astype(np.int32), entries)
        begin = end
