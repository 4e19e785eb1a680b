"""The mean of all ratings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.linear_scores import LinearScores


@dataclass(frozen=True)
class GlobalMean(Baseline):
    """Predicts the mean training rating for every pair."""

    name = "global_mean"
    learns_from = "the mean of the ratings alone"

    def learn(self, ratings: Ratings) -> LinearScores:
        """Compute the mean of the ratings."""
        catalogue = ratings.catalogue
        means, ones = np.full((catalogue.users + 1, 1), ratings.mean), np.ones((1, catalogue.items + 1))
        return LinearScores(means, ones, rates=True)
