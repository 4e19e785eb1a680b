"""The baseline of user-based nearest neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scipy.sparse import csr_array

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores

MOST_NEIGHBOURS = 1000
"""The largest number of neighbours in a search."""


@dataclass(frozen=True)
class UserKNN(HistoryBaseline):
    """User-based nearest neighbours (Herlocker et al. 1999) by cosine with shrinkage.

    The similarity of a history h to that of user v is n_hv / (√(n_h n_v) + shrinkage), with n_h the number of items of
    h and n_hv that of both. The score of an item is the sum of the similarities to the nearest users who have it. With
    weights x of pairs, n_h is Σ_i x_hi², n_hv is Σ_i x_hi x_vi, and x_vi weighs the similarities in the sum. A user is
    also a neighbour of their own, which adds only to the items that the user has.
    """

    name = "user_knn"

    neighbours: int = 100
    """The number of most similar users that count, plus all ties with the last of them."""
    shrinkage: float = 10.0
    """A number of items; larger values discount similarities by few items more."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From one neighbour to all, and from almost no shrinkage to one that discounts hundreds of items."""
        most = max(2, min(MOST_NEIGHBOURS, ratings.catalogue.users))
        return {
            "neighbours": SearchRange(1, most, log=True, integer=True, stricter="low"),
            "shrinkage": SearchRange(0.1, 1000, log=True, stricter="high"),
            **super().axes(ratings),
        }

    def learn(self, ratings: Ratings) -> LinearScores:
        """Keep the weights of all users' items: the neighbours follow from a history."""
        pairs = self.pairs(ratings)
        users, items = pairs.shape
        owned = csr_array((pairs.weights, (pairs.users, pairs.items)), shape=(users, items + 1))
        near = {"neighbours": self.neighbours, "shrinkage": self.shrinkage}
        return LinearScores(csr_array((1, users), dtype=owned.dtype), owned, history=pairs.history, near=near)
