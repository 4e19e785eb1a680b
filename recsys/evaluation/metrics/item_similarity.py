"""The cosines between the items of a list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array, diags_array

from recsys.arrays import BoolArray, Float64Array, IntArray
from recsys.evaluation.metrics.lists_as_rows import lists_as_rows

TABLE = 4096
"""The most items whose cosines are kept as a table, of 134 MB."""
_ENTRIES = 4_000_000
"""Entries of sums of vectors that are in memory at once."""
_DENSE = 0.1
"""The density from which dense matrices are multiplied faster than sparse ones."""


@dataclass(frozen=True, eq=False)
class ItemSimilarity:
    """The cosines between I items.

    Of few items a table is computed once, from which the pairs of a list are read. Of many items the vectors of a list
    are summed, as |Σ v|² is the number of vectors plus twice the sum of the cosines of all pairs.
    """

    vectors: csr_array
    """A vector of length 1 for each item, (I, D); an empty row for an item of which nothing is known."""
    tabulated: bool = True
    """Whether there may be a table."""

    @classmethod
    def of(cls, rows: csr_array) -> ItemSimilarity:
        """The similarity of items by rows of numbers (I, D)."""
        length = np.sqrt(rows.multiply(rows).sum(axis=1))
        found = csr_array(diags_array(1 / np.where(length > 0, length, 1)) @ rows)
        found.eliminate_zeros()
        return cls(found)

    @cached_property
    def known(self) -> BoolArray:
        """Which items have a vector, (I + 1,); False for code -1."""
        return np.append(np.diff(self.vectors.indptr) > 0, False)

    def pair_sums(self, ranked: IntArray) -> Float64Array:
        """The sum of the cosines of all pairs of items in each list: (M, V) for lists (M, V, k), padded with -1."""
        if not self.tabulated or len(self.known) > TABLE:
            return self._sums(ranked)
        found = np.zeros(ranked.shape[:-1])
        for place in range(ranked.shape[-1] - 1):
            found += self._table[ranked[..., place, None], ranked[..., place + 1 :]].sum(axis=-1)
        return found

    @cached_property
    def _table(self) -> Float64Array:
        """The cosine of each pair, (I + 1, I + 1); 0 for code -1."""
        crowded = self.vectors.nnz > _DENSE * np.prod(self.vectors.shape)
        vectors = self.vectors.toarray() if crowded else self.vectors
        cosines = vectors @ vectors.T
        return np.pad(cosines if crowded else cosines.toarray(), ((0, 1), (0, 1)))

    def _sums(self, ranked: IntArray) -> Float64Array:
        lists = lists_as_rows(ranked, len(self.known) - 1)
        part = (np.cumsum(lists @ np.diff(self.vectors.indptr)) // _ENTRIES).astype(np.int64)
        borders = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), lists.shape[0]]
        sums = [lists[start:end] @ self.vectors for start, end in pairwise(borders)]
        squares = np.concatenate([each.multiply(each).sum(axis=1) for each in sums]).reshape(ranked.shape[:-1])
        return np.asarray((squares - self.known[ranked].sum(axis=-1)) / 2)
