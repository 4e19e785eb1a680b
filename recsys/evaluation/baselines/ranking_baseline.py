"""The base of ranking baselines: the pairs to learn from and their weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import Float32Array, IntArray
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline, SearchRange
from recsys.evaluation.baselines.history_weights import HistoryWeights, positives_of
from recsys.evaluation.baselines.linear_scores import history_matrix


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs that a baseline learns from."""

    users: IntArray
    """The user code of each pair, (N,)."""
    items: IntArray
    """The item code of each pair, (N,)."""
    weights: Float32Array
    """The weight of each pair, above 0, (N,)."""
    shape: tuple[int, int]
    """U and I, the numbers of users and items."""
    history: HistoryWeights
    """The mapping that made the weights."""

    def matrix(self) -> csr_array:
        """The weight of each pair, (U + 1, I), with an empty row for the unknown user."""
        return history_matrix(self.users, self.items, self.shape, self.weights)


@dataclass(frozen=True, kw_only=True)
class RankingBaseline(Baseline):
    """Learns from the same pairs, with the same weights, as models that are trained on rankings."""

    seen_weight: float = 0.0
    """The weight of a rating below `data.positive_from`; 0 leaves it out."""
    weight_power: float = 0.0
    """The exponent of implicit weights, relative to their mean; with 0 every pair counts once."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """`seen_weight` if some ratings are not positives, `weight_power` if implicit weights differ."""
        positives = positives_of(ratings)
        if not ratings.implicit:
            return {} if positives.all() else {"seen_weight": SearchRange(0, 1)}
        return {"weight_power": SearchRange(0, 1, stricter="low")} if np.ptp(positives) > 0 else {}

    def pairs(self, ratings: Ratings) -> Pairs:
        """The pairs with a positive weight."""
        positives = positives_of(ratings)
        history = HistoryWeights.fitted(positives, self.seen_weight, self.weight_power)
        weights = history.of(positives)
        kept = weights > 0
        shape = ratings.catalogue.users, ratings.catalogue.items
        return Pairs(ratings.users[kept], ratings.items[kept], weights[kept], shape, history)
