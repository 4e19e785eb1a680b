"""What most people like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.ranking_baseline import RankingBaseline


@dataclass(frozen=True)
class Popularity(RankingBaseline):
    """Ranks by how many people an item is positive for: the same list for everyone, but for what each has seen.

    With weights of pairs it is their sum.
    """

    name = "popularity"
    learns_from = "how many users chose each item"

    def fit(self, ratings: Ratings) -> LinearScores:
        """Count."""
        pairs, (users, items) = self.pairs(ratings), (ratings.catalogue.users, ratings.catalogue.items)
        counts = np.bincount(pairs.items, pairs.weights, minlength=items + 1)
        return LinearScores(np.ones((users + 1, 1)), counts[None], history=pairs.history)
