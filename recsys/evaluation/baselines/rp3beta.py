"""RP3β: a random walk from a user's items, with a penalty on popular ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, diags_array

from recsys.arrays import AnyArray, Float64Array
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores, crowded


@dataclass(frozen=True)
class RP3Beta(HistoryBaseline):
    """RP3β (Paudel et al. 2017): three random steps, from a user to an item, to one of its users, and to their item.

    The score of item j is Σ_i x_i Σ_v (x_vi / d_i)^alpha (x_vj / d_v)^alpha / d_j^beta for a history with weights x_i,
    where d_i and d_v are the sums of the weights of an item and of a user. The first step has no exponent, which
    changes no list where all weights are equal.
    """

    name = "rp3beta"
    learns_from = "which items users share, by random walks"

    alpha: float = 1.0
    """The exponent of the probabilities; with 0 all paths count the same."""
    beta: float = 0.5
    """The exponent of an item's popularity by which its probability is divided."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From paths that count the same to twice the logarithm of probabilities; from no penalty to a whole one."""
        return {"alpha": SearchRange(0, 2), "beta": SearchRange(0, 1), **super().axes(ratings)}

    def learn(self, ratings: Ratings) -> LinearScores:
        """Compute the probabilities of the last two steps, whose product is never computed."""
        pairs = self.pairs(ratings)
        users, items = pairs.shape
        weights = pairs.weights.astype(np.float64)
        of_users = np.bincount(pairs.users, weights, minlength=users)
        of_items = np.bincount(pairs.items, weights, minlength=items)
        to_users = (weights / of_items[pairs.items]) ** self.alpha
        to_items = (weights / of_users[pairs.users]) ** self.alpha
        middle = csr_array((to_users, (pairs.items, pairs.users)), shape=(items, users))
        right = csr_array((to_items, (pairs.users, pairs.items)), shape=(users, items + 1))
        right = (right @ diags_array(np.append(_powers(of_items, -self.beta), 0.0))).tocsr()
        nobody = csr_array((1, items), dtype=np.float32)
        dense = (each.toarray() if crowded(each) else each for each in (right, middle))
        return LinearScores(nobody, next(dense), history=pairs.history, middle=next(dense))


def _powers(values: AnyArray, exponent: float) -> Float64Array:
    """Powers of the values above 0; 0 for others."""
    return np.power(values, exponent, where=values > 0, out=np.zeros(len(values)))
