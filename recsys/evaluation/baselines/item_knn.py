"""The baseline of item-based nearest neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recsys.algebra.neighbours import item_neighbours
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores, crowded

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
        """Find the neighbours of every item: see `item_neighbours`."""
        pairs = self.pairs(ratings)
        owned = pairs.matrix()
        weights = item_neighbours(owned, self.neighbours, self.shrinkage)
        return LinearScores(owned[-1:], weights.toarray() if crowded(weights) else weights, history=pairs.history)
