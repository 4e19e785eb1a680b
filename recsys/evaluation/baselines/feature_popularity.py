"""Popularity that is predicted from features, for items that nobody has chosen yet too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recsys.algebra.ridge import Ridge
from recsys.arrays import Float64Array
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.feature_baseline import FeatureBaseline, item_features
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.ranking_baseline import Pairs, RankingBaseline

L2 = SearchRange(0.01, 3000, log=True, stricter="high")
"""The penalties of regressions on features to search: from almost none to that of thousands of items."""


@dataclass(frozen=True)
class FeaturePopularity(FeatureBaseline, RankingBaseline):
    """Ranks items by the number of positives that their features predict.

    A ridge regression of each released item's number of positives, or of its pairs' weights, on its features. All users
    get the same list, without the items that they have seen.
    """

    name = "feature_popularity"
    learns_from = "how many users chose items with which features"

    l2: float = 10.0

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From almost no penalty to one that leaves little but the mean."""
        return {"l2": L2, **super().axes(ratings)}

    def learn(self, ratings: Ratings) -> LinearScores:
        """Predict the number of positives of every item."""
        pairs = self.pairs(ratings)
        counts = predicted_counts(ratings, pairs, self.l2)
        return LinearScores(np.ones((ratings.catalogue.users + 1, 1)), counts[None], history=pairs.history)


def predicted_counts(ratings: Ratings, pairs: Pairs, l2: float) -> Float64Array:
    """The sum of the weights of an item's pairs that its features predict, (I + 1,), the last for an unknown item.

    Args:
        ratings: The ratings, with the items' features and which of them are released.
        pairs: The pairs and their weights.
        l2: The penalty of the regression.
    """
    rows, released = item_features(ratings).with_spare, np.append(ratings.released, False)
    counts = np.bincount(pairs.items, pairs.weights, minlength=rows.shape[0])[released]
    known = rows[released]
    ridge = Ridge.of(known, l2)
    sums = known.T @ counts - ridge.mean * counts.sum()
    coefficients = ridge.half_transposed(ridge.half(sums))
    predicted: Float64Array = counts.mean() + rows @ coefficients - ridge.mean @ coefficients
    return predicted
