"""The features of all users, or of all items, of a catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import AnyArray, BoolArray

__all__ = ["FeatureTable"]


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """A sparse table with a row for each user or item, and the names of its columns.

    A source column, such as the genres, becomes one or several features, such as one for each genre.
    """

    rows: csr_array
    """The features of each id, in the order of the catalogue's codes: float32 (n, F). The row of
    an id without known features is empty."""
    names: Sequence[str]
    """The name of each feature (F,), such as `genres=Comedy`."""
    columns: Sequence[str]
    """The source column of each feature (F,), such as `genres`."""
    encoder: Any = None
    """The encoder that made the rows, which can encode further ids alike; None for rows that are given as numbers."""

    @property
    def count(self) -> int:
        """F, the number of features."""
        return int(self.rows.shape[1])

    @property
    def known(self) -> BoolArray:
        """Whether each id has a feature (n,)."""
        return np.asarray(np.diff(self.rows.indptr) > 0)

    @property
    def categories(self) -> Mapping[str, Sequence[int]]:
        """The places of the features that are categories, such as `genres=Comedy`, by their source column."""
        found: dict[str, list[int]] = {}
        for place, (name, column) in enumerate(zip(self.names, self.columns, strict=True)):
            if name.startswith(f"{column}="):
                found.setdefault(column, []).append(place)
        return found

    @property
    def categorical(self) -> Mapping[str, Sequence[int]]:
        """The same, of the source columns whose features are all categories; a date also has features that are none."""
        columns = list(self.columns)
        return {column: places for column, places in self.categories.items() if len(places) == columns.count(column)}

    @property
    def with_spare(self) -> csr_array:
        """The rows, and an empty one for an unknown id (n + 1, F)."""
        rows = self.rows.copy()
        rows.resize((rows.shape[0] + 1, rows.shape[1]))
        return rows

    def digest(self, order: AnyArray) -> bytes:
        """A digest over the names and the features of all ids, whatever the order of the features.

        Args:
            order: The code of each id (n,), in the order that the digest is to have.
        """
        state = hashlib.sha256()
        columns = self.rows[order].tocsc()
        columns.sort_indices()
        for at in sorted(range(self.count), key=lambda at: (self.names[at], self.columns[at])):
            start, end = columns.indptr[at : at + 2]
            for text in (self.names[at], self.columns[at]):
                state.update(len(text.encode()).to_bytes(8) + text.encode())
            state.update(int(end - start).to_bytes(8))
            state.update(columns.indices[start:end].astype(np.int64).tobytes())
            state.update(columns.data[start:end].astype(np.float32).tobytes())
        return state.digest()

    def take(self, codes: AnyArray) -> FeatureTable:
        """Return the features of the ids at codes (B,)."""
        return replace(self, rows=self.rows[codes])
