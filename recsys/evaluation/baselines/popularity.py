"""What most people like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.linear_scores import LinearScores


@dataclass(frozen=True)
class Popularity(Baseline):
    """Ranks by how many people an item is positive for: the same list for everyone, but for what each has seen."""

    name = "popularity"

    def fit(self, ratings: Ratings) -> LinearScores:
        """Count."""
        catalogue = ratings.catalogue
        counts = np.bincount(ratings.positives.items, minlength=catalogue.items + 1).astype(np.float64)
        return LinearScores(np.ones((catalogue.users + 1, 1)), counts[None])
