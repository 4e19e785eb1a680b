"""Transitions: what people choose soon after an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, diags_array

from recsys.data.histories import Histories
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.history_weights import HistoryWeights
from recsys.evaluation.baselines.linear_scores import LinearScores, crowded

STEPS = 3
"""The largest distance of two entries of a history that count as a transition."""


@dataclass(frozen=True)
class Transitions(HistoryBaseline):
    """First-order transitions between neighbouring items of histories, as in a Markov chain (Rendle et al. 2010).

    An entry of item j that is d ≤ 3 places after one of item i adds w_i w_j / d to the transitions c_ij, with w the
    weights of both. T_ij = c_ij / n_i^count_power, with n_i the sum of the weights of item i. A person's score of j is
    the sum of T_ij over the entries i of the history, each with its weight, halved after each `history_half_life` later
    entries.
    """

    name = "transitions"
    learns_from = "which item users chose soon after which"
    each_time = True

    count_power: float = 1.0
    """With 1 each item's transitions are shares, with 0 they are counts, so that frequent items have more weight."""

    @classmethod
    def applies_to(cls, ratings: Ratings) -> bool:
        """Whether the parts of the split follow each other in time."""
        return ratings.ordered and ratings.timestamps is not None

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From counts to shares."""
        return {"count_power": SearchRange(0, 1, stricter="low"), **super().axes(ratings)}

    def learn(self, ratings: Ratings) -> LinearScores:
        """Count the transitions within all histories."""
        histories, items = self.histories(ratings), ratings.catalogue.items
        weights = HistoryWeights.fitted(histories.weights, self.seen_weight, self.weight_power)
        history = replace(weights, each_time=True)
        kept = history.kept(histories)
        counts = np.bincount(kept.items, kept.weights, minlength=items)
        shares = np.power(counts, -self.count_power, where=counts > 0, out=np.zeros(items))
        rates = (diags_array(shares) @ transitions(kept, items)).astype(np.float32).tocsr()
        nobody = csr_array((1, items), dtype=np.float32)
        return LinearScores(nobody, rates.toarray() if crowded(rates) else rates, history=history)


def transitions(histories: Histories, items: int) -> csr_array:
    """The weight of each item soon after each other one, c (I, I + 1), with an empty column for the unknown item."""
    rows, codes, weights = histories.rows, histories.items, histories.weights.astype(np.float64)
    found = csr_array((items, items + 1))
    for distance in range(1, STEPS + 1):
        first, second = slice(None, -distance), slice(distance, None)
        same = rows[first] == rows[second]
        of_both = (weights[first] * weights[second])[same] / distance
        found += csr_array((of_both, (codes[first][same], codes[second][same])), shape=found.shape)
    return found
