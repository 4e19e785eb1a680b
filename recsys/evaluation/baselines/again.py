"""A person's own items again, the most recent and the most frequent first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, eye_array

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.history_weights import HistoryWeights
from recsys.evaluation.baselines.linear_scores import LinearScores


@dataclass(frozen=True)
class Again(HistoryBaseline):
    """Ranks the items of a person's history, then all other items by popularity, because their scores are equal.

    The score of an item is the sum of the weights of its events, halved after each `history_half_life` later events.
    """

    name = "again"
    learns_from = "how often and how recently each user chose each item"
    each_time = True

    @classmethod
    def applies_to(cls, ratings: Ratings) -> bool:
        """Whether lists may contain items that a user had before."""
        return ratings.repeats

    def learn(self, ratings: Ratings) -> LinearScores:
        """Learn the unit of the weights."""
        weights, items = self.histories(ratings).weights, ratings.catalogue.items
        history = replace(HistoryWeights.fitted(weights, self.seen_weight, self.weight_power), each_time=True)
        nobody = csr_array((1, items), dtype=np.float32)
        return LinearScores(nobody, eye_array(items, items + 1, dtype=np.float32).tocsr(), history=history)
