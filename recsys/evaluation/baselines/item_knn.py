"""Items that are liked by the same people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline, rounded
from recsys.evaluation.baselines.linear_scores import LinearScores, histories

Floats = npt.NDArray[np.floating[Any]]

_AT_ONCE = 20_000_000
"""Similarities in memory at once, were every item similar to every other."""


@dataclass(frozen=True)
class ItemKNN(Baseline):
    """Item-based nearest neighbours (Deshpande & Karypis 2004) by cosine with shrinkage (Bell & Koren 2007).

    With n_i the users of item i and n_ij those of both, the similarity is n_ij / (√(n_i n_j) + shrinkage). A user's
    score of an item is the sum of its similarities to those of its nearest neighbours that the user has.
    """

    name = "item_knn"

    neighbours: int = 100
    """How many of the most similar items an item keeps."""
    shrinkage: float = 10.0
    """In users: how much little evidence is distrusted."""

    @classmethod
    def starts(cls) -> Sequence[Self]:
        """Few neighbours and many."""
        return [cls(neighbours) for neighbours in (100, 30, 300)]

    def near(self) -> Sequence[Self]:
        """One of the two settings greater or smaller."""
        fewer, more = (max(1, round(self.neighbours * factor)) for factor in (0.6, 1.7))
        less, stronger = rounded(self.shrinkage / 3), rounded(self.shrinkage * 3)
        changes = ({"neighbours": fewer}, {"neighbours": more}, {"shrinkage": less}, {"shrinkage": stronger})
        return [replace(self, **change) for change in changes]

    def fit(self, ratings: Ratings) -> LinearScores:
        """Find every item's neighbours, some items at a time."""
        pairs, catalogue = ratings.positives, ratings.catalogue
        owned = histories(pairs.users, pairs.items, (catalogue.users, catalogue.items))
        parts = list(self._similarities(owned))
        spare = csr_array((1, catalogue.items), dtype=np.float32)
        return LinearScores(owned, vstack([*parts, spare]).T.tocsr())

    def _similarities(self, owned: csr_array) -> Iterator[csr_array]:
        """Of some items at a time to their neighbours, (some, I)."""
        owners, items = owned.T.tocsr(), owned.shape[1]
        norms = np.sqrt(owned.sum(axis=0))
        step = max(1, _AT_ONCE // items)
        for begin in range(0, items, step):
            yield self._nearest(owners[begin : begin + step] @ owned, norms[begin : begin + step], norms, begin)

    def _nearest(self, together: csr_array, own: Floats, norms: Floats, begin: int) -> csr_array:
        """The similarities of some items, the first of which is `begin`, to their neighbours: (some, I).

        Args:
            together: How many users each has in common with every item, (some, I).
            own: The norms of the items themselves, (some,).
            norms: The norms of all items, (I,).
            begin: The first item.
        """
        together.sort_indices()  # of equals the neighbour of the lower code is kept
        lengths, columns = np.diff(together.indptr), together.indices
        rows = np.repeat(np.arange(len(own)), lengths)
        values = together.data / (own[rows] * norms[columns] + self.shrinkage)
        values[columns == rows + begin] = 0
        order = np.argsort(2.0 * rows - values, kind="stable")  # by row, then from the most similar
        place = np.arange(len(order)) - np.repeat(together.indptr[:-1], lengths)
        kept = order[(place < self.neighbours) & (values[order] > 0)]
        return csr_array((values[kept].astype(np.float32), (rows[kept], columns[kept])), shape=together.shape)
