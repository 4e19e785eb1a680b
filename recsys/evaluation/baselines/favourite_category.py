"""The most popular items of a person's favourite category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack

from recsys.arrays import Float64Array, Int64Array
from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.feature_baseline import FeatureBaseline, item_features
from recsys.evaluation.baselines.feature_popularity import L2, predicted_counts
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores


@dataclass(frozen=True)
class FavouriteCategory(FeatureBaseline, HistoryBaseline):
    """Ranks the items of the categories that a person chose most, and within a category by predicted popularity.

    The score of an item is Σ_c s_c m_c + popularity_weight · p, times the weight of the history. m_c is 1/k for each of
    the item's k categories, s_c the mean of m_c over the history, and p the popularity that features predict (see
    `FeaturePopularity`), from 0 for the least to 1 for the most popular released item. The categories are those of the
    source column that covers the most released items; of several such columns, the one with the fewest categories.
    """

    name = "favourite_category"
    learns_from = "which user chose items of which category"

    l2: float = 10.0
    """The penalty of the regression that predicts popularity."""
    popularity_weight: float = 0.001
    """By default popularity decides only between items of equal categories."""

    @classmethod
    def applies_to(cls, ratings: Ratings) -> bool:
        """Whether a column of the items' features has categories."""
        return super().applies_to(ratings) and bool(item_features(ratings).categories)

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """The penalty as of `FeaturePopularity`, and from categories to popularity alone."""
        return {"l2": L2, "popularity_weight": SearchRange(0.001, 10, log=True), **super().axes(ratings)}

    def learn(self, ratings: Ratings) -> LinearScores:
        """Compute the categories and the popularity of each item."""
        pairs, features = self.pairs(ratings), item_features(ratings)
        shares = _shares(features.with_spare[:, _best_column(features, ratings)])
        counts = predicted_counts(ratings, pairs, self.l2)
        least, most = (end(counts[:-1][ratings.released]) for end in (np.min, np.max))
        popularity = self.popularity_weight * (counts - least) / (most - least if most > least else 1)
        middle, right = hstack([shares[:-1], _column(np.ones(len(counts) - 1))]), hstack([shares, _column(popularity)])
        nobody = csr_array((1, ratings.catalogue.items), dtype=np.float32)
        return LinearScores(nobody, right.T.tocsr(), history=pairs.history, middle=middle.tocsr())


def _best_column(features: FeatureTable, ratings: Ratings) -> Int64Array:
    """The features of the column that covers the most released items; ties go to fewer categories, then by name."""
    rows = features.rows[ratings.released]

    def order(column: tuple[str, Sequence[int]]) -> tuple[int, int, str]:
        name, places = column
        return -int((np.diff(rows[:, places].indptr) > 0).sum()), len(places), name

    return np.array(min(features.categories.items(), key=order)[1])


def _shares(rows: csr_array) -> csr_array:
    """1/k for each of the k categories of an item: (I + 1, C)."""
    had = rows.astype(bool).astype(np.float32)
    return diags_array((1 / np.maximum(had.sum(axis=1), 1)).astype(np.float32)) @ had


def _column(values: Float64Array) -> csr_array:
    return csr_array(values[:, None].astype(np.float32))
