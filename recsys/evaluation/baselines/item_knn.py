"""Items that are liked by the same people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from recsys.arrays import FloatArray
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.ranking_baseline import RankingBaseline

_AT_ONCE = 20_000_000
"""Similarities in memory at once, were every item similar to every other."""
_ALIKE = 6
"""Digits in which two similarities are the same."""
_SPARSE = 0.1
"""The share of similarities above which a dense matrix of them scores faster than a sparse one."""
MOST_NEIGHBOURS = 1000
"""That a search tries."""


@dataclass(frozen=True)
class ItemKNN(RankingBaseline):
    """Item-based nearest neighbours (Deshpande & Karypis 2004) by cosine with shrinkage (Bell & Koren 2007).

    With n_i the users of item i and n_ij those of both, the similarity is n_ij / (√(n_i n_j) + shrinkage). A user's
    score of an item is the sum of its similarities to those of its nearest neighbours that the user has. With weights
    x of pairs, n_i is Σ_u x_ui², n_ij is Σ_u x_ui x_uj, and a similarity counts as much as the user's pair weighs.
    """

    name = "item_knn"

    neighbours: int = 100
    """How many of the most similar items an item keeps, and all that are as similar as the last of them."""
    shrinkage: float = 10.0
    """In users: how much little evidence is distrusted."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From one neighbour to all, and from no distrust to one of what hundreds of people say."""
        most = max(2, min(MOST_NEIGHBOURS, ratings.catalogue.items - 1))
        return {
            "neighbours": SearchRange(1, most, log=True, whole=True, stricter="low"),
            "shrinkage": SearchRange(0.1, 1000, log=True, stricter="high"),
            **super().axes(ratings),
        }

    def fit(self, ratings: Ratings) -> LinearScores:
        """Find every item's neighbours, some items at a time."""
        pairs = self.pairs(ratings)
        owned = pairs.matrix()
        spare = csr_array((1, owned.shape[1]), dtype=np.float32)
        weights = vstack([*self._similarities(owned), spare]).T.tocsr()
        crowded = weights.nnz > _SPARSE * np.prod(weights.shape)
        return LinearScores(owned, weights.toarray() if crowded else weights, history=pairs.history)

    def _similarities(self, owned: csr_array) -> Iterator[csr_array]:
        """Of some items at a time to their neighbours, (some, I)."""
        owners, items = owned.T.tocsr(), owned.shape[1]
        norms = np.sqrt((owned * owned).sum(axis=0))
        step = max(1, _AT_ONCE // items)
        for begin in range(0, items, step):
            yield self._nearest(owners[begin : begin + step] @ owned, norms[begin : begin + step], norms, begin)

    def _nearest(self, together: csr_array, own: FloatArray, norms: FloatArray, begin: int) -> csr_array:
        """The similarities of some items, the first of which is `begin`, to their neighbours: (some, I).

        Args:
            together: How many users each has in common with every item, by their weights, (some, I).
            own: The norms of the items themselves, (some,).
            norms: The norms of all items, (I,).
            begin: The first item.
        """
        lengths, columns = np.diff(together.indptr), together.indices
        rows = np.repeat(np.arange(len(own)), lengths)
        values = together.data / (own[rows] * norms[columns] + self.shrinkage)
        values[columns == rows + begin] = 0
        far = 2.0 * rows - values.round(_ALIKE)  # sorted by row, and within one from the most similar
        last = together.indptr[:-1] + np.minimum(self.neighbours, lengths) - 1
        border = np.sort(far)[np.maximum(last, 0)] if len(far) else np.zeros(len(own))
        kept = (far <= border[rows]) & (values > 0)
        return csr_array((values[kept].astype(np.float32), (rows[kept], columns[kept])), shape=together.shape)
