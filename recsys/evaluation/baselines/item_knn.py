"""The baseline of item-based nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from recsys.arrays import FloatArray
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores, crowded

_AT_ONCE = 20_000_000
"""Similarities in memory at once, if all were non-zero."""
_ALIKE = 6
"""The decimals to which two similarities count as equal."""
MOST_NEIGHBOURS = 1000
"""The largest number of neighbours in a search."""


@dataclass(frozen=True)
class ItemKNN(HistoryBaseline):
    """Item-based nearest neighbours (Deshpande and Karypis 2004) by cosine with shrinkage (Bell and Koren 2007).

    The similarity of items i and j is n_ij / (√(n_i n_j) + shrinkage), with n_i the number of users of i and n_ij that
    of both. A user's score of an item is the sum of its similarities to its nearest neighbours in the user's history.
    With weights x of pairs, n_i is Σ_u x_ui², n_ij is Σ_u x_ui x_uj, and x weighs the similarities in the sum.
    """

    name = "item_knn"

    neighbours: int = 100
    """The number of most similar items that an item keeps, plus all ties with the last of them."""
    shrinkage: float = 10.0
    """A number of users; larger values discount similarities of few users more."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From one neighbour to all, and from almost no shrinkage to one that discounts hundreds of users."""
        most = max(2, min(MOST_NEIGHBOURS, ratings.catalogue.items - 1))
        return {
            "neighbours": SearchRange(1, most, log=True, integer=True, stricter="low"),
            "shrinkage": SearchRange(0.1, 1000, log=True, stricter="high"),
            **super().axes(ratings),
        }

    def learn(self, ratings: Ratings) -> LinearScores:
        """Find the neighbours of every item, some items at a time."""
        pairs = self.pairs(ratings)
        owned = pairs.matrix()
        spare = csr_array((1, owned.shape[1]), dtype=np.float32)
        weights = vstack([*self._similarities(owned), spare]).T.tocsr()
        return LinearScores(owned[-1:], weights.toarray() if crowded(weights) else weights, history=pairs.history)

    def _similarities(self, owned: csr_array) -> Iterator[csr_array]:
        """The similarities of some items at a time to their neighbours, (some, I)."""
        owners, items = owned.T.tocsr(), owned.shape[1]
        norms = np.sqrt((owned * owned).sum(axis=0))
        step = max(1, _AT_ONCE // items)
        for begin in range(0, items, step):
            yield self._nearest(owners[begin : begin + step] @ owned, norms[begin : begin + step], norms, begin)

    def _nearest(self, together: csr_array, own: FloatArray, norms: FloatArray, begin: int) -> csr_array:
        """The similarities of consecutive items to their neighbours: (some, I).

        Args:
            together: n_ij of the items with all items, (some, I).
            own: The norms √n_i of the items, (some,).
            norms: The norms of all items, (I,).
            begin: The code of the first item.
        """
        lengths, columns = np.diff(together.indptr), together.indices
        rows = np.repeat(np.arange(len(own)), lengths)
        values = together.data / (own[rows] * norms[columns] + self.shrinkage)
        values[columns == rows + begin] = 0
        far = 2.0 * rows - values.round(_ALIKE)  # sorts by row, and within a row by descending similarity
        last = together.indptr[:-1] + np.minimum(self.neighbours, lengths) - 1
        border = np.sort(far)[np.maximum(last, 0)] if len(far) else np.zeros(len(own))
        kept = (far <= border[rows]) & (values > 0)
        return csr_array((values[kept].astype(np.float32), (rows[kept], columns[kept])), shape=together.shape)
