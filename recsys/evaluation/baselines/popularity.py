"""Popularity: the same list for every user."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.ranking_baseline import RankingBaseline


@dataclass(frozen=True)
class Popularity(RankingBaseline):
    """Ranks items by their number of positives, or by the sum of the pairs' weights.

    All users get the same list, without the items that they have seen.
    """

    name = "popularity"
    learns_from = "how many users chose each item"

    def fit(self, ratings: Ratings) -> LinearScores:
        """Count the positives of each item."""
        pairs, (users, items) = self.pairs(ratings), (ratings.catalogue.users, ratings.catalogue.items)
        counts = np.bincount(pairs.items, pairs.weights, minlength=items + 1)
        return LinearScores(np.ones((users + 1, 1)), counts[None], history=pairs.history)
