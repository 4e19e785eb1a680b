"""The baseline of nearest items by their features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, diags_array

from recsys.arrays import Float64Array
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.feature_baseline import FeatureBaseline, item_features
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores, crowded


@dataclass(frozen=True)
class FeatureKNN(FeatureBaseline, HistoryBaseline):
    """Ranks items by their similarity to the items of a person's history, as in content-based filtering.

    The score of an item is the sum of its cosines to all items of the history, each with its weight. A feature f weighs
    idf_f^idf_power in the rows, with idf_f = ln(1 + I / n_f) and n_f the number of the I released items that have it.
    """

    name = "feature_knn"
    learns_from = "which user chose items with which features"

    idf_power: float = 1.0
    """With 0 all features weigh the same; larger values give rare ones more weight."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From equal weights to those that almost only rare features have."""
        return {"idf_power": SearchRange(0, 5, stricter="low"), **super().axes(ratings)}

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:  # noqa: ARG003 - all matrices are sparse
        """Nothing: no matrix of features by features is made."""
        return None

    def learn(self, ratings: Ratings) -> LinearScores:
        """Compute rows of length 1, whose products are the cosines."""
        rows = item_features(ratings).with_spare
        unit = _of_length_one(rows @ diags_array(self._weights(rows[:-1][ratings.released])))
        right = unit.T.tocsr()
        nobody = csr_array((1, ratings.catalogue.items), dtype=np.float32)
        dense = right.toarray() if crowded(right) else right
        return LinearScores(nobody, dense, history=self.pairs(ratings).history, middle=unit[:-1])

    def _weights(self, rows: csr_array) -> Float64Array:
        """The weight of each feature (F,), from the rows of released items; that of a feature which none has is 0."""
        counts = np.bincount(rows.nonzero()[1], minlength=rows.shape[1])
        idf = np.log1p(rows.shape[0] / np.maximum(counts, 1))
        return np.where(counts > 0, idf**self.idf_power, 0.0)


def _of_length_one(rows: csr_array) -> csr_array:
    """Rows divided by their lengths; an empty one remains empty."""
    lengths = np.sqrt((rows * rows).sum(axis=1))
    inverse = np.divide(1, lengths, where=lengths > 0, out=np.zeros_like(lengths))
    return (diags_array(inverse) @ rows).astype(np.float32).tocsr()
