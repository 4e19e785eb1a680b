"""A linear model of each person's choices on the features of items, in closed form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from recsys.algebra.ridge import Ridge
from recsys.arrays import Float64Array
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.feature_baseline import FeatureBaseline, item_features
from recsys.evaluation.baselines.feature_popularity import L2
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores

MOST_NUMBERS = 250_000_000
"""The most numbers of a dense matrix of items by features: 1 GB."""


@dataclass(frozen=True)
class FeatureLinear(FeatureBaseline, HistoryBaseline):
    """A ridge regression for each person of the choices among released items on features, of a reduced rank.

    For a person's choices y (I,), 0 or their weights, it minimises ‖y - b - X w‖² + l2 ‖w‖² and scores items by X w. Of
    all users together it keeps the best coefficients of a rank (Mukherjee and Zhu 2011): with A = XcᵀXc + l2 · I =
    L Lᵀ, Xc the features less their means, and the users' choices Y (U, I), P (F, rank) are the first left singular
    vectors of L⁻¹ Xcᵀ Yᵀ. Then all scores are Y G Gᵀ, with G = Xc L⁻ᵀ P (I, rank).
    """

    name = "feature_linear"
    learns_from = "which user chose items with which features"
    after_fit = (*HistoryBaseline.after_fit, "rank")

    l2: float = 100.0
    rank: float = math.inf
    """The rank of the matrix of all users' coefficients; infinite for any."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """`l2` from almost no penalty to one at which lists are those of frequent features, and all ranks."""
        most = max(2, min(item_features(ratings).count, ratings.catalogue.users))
        rank = SearchRange(1, most, log=True, integer=True, stricter="low")
        return {"l2": L2, "rank": rank, **super().axes(ratings)}

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:
        """Also a dense matrix of items by features that does not fit in memory."""
        features = 0 if catalogue.item_features is None else catalogue.item_features.count
        if catalogue.items * features <= MOST_NUMBERS:
            return super().too_large(catalogue)
        return f"it fills a matrix of {catalogue.items:,} items by {features:,} features; {MOST_NUMBERS:,} is its bound"

    def learn(self, ratings: Ratings) -> LinearScores:
        """Compute G of all ranks, whose columns are in the order of the singular values."""
        pairs, rows = self.pairs(ratings), item_features(ratings).with_spare
        ridge = Ridge.of(rows[:-1][ratings.released], self.l2)
        moments = ridge.half(ridge.half(_moments(pairs.matrix(), rows[:-1], ridge.mean)).T)
        directions = ridge.half_transposed(np.linalg.eigh(moments)[1][:, ::-1])
        factors = rows @ directions.astype(np.float32) - (ridge.mean @ directions).astype(np.float32)
        nobody = csr_array((1, ratings.catalogue.items), dtype=np.float32)
        return LinearScores(nobody, factors.T, history=pairs.history, middle=factors[:-1])

    def adapt(self, fitted: LinearScores, ratings: Ratings) -> LinearScores:
        """Keep the first columns of G, and weigh the history of every user by the half-life."""
        kept = slice(int(min(self.rank, fitted.right.shape[0])))
        reduced = replace(fitted, right=fitted.right[kept], middle=fitted.middle[:, kept])
        return super().adapt(reduced, ratings)


def _moments(chosen: csr_array, rows: csr_array, mean: Float64Array) -> Float64Array:
    """Xcᵀ YᵀY Xc (F, F), without the dense Xc.

    Args:
        chosen: Y (U, I).
        rows: X (I, F).
        mean: The mean that Xc is without (F,).
    """
    sums = (chosen.astype(np.float64) @ rows).tocsr()
    counts = np.asarray(chosen.sum(axis=1), np.float64)
    shared = np.outer(sums.T @ counts, mean)
    return np.asarray((sums.T @ sums).toarray() - shared - shared.T + counts @ counts * np.outer(mean, mean))
