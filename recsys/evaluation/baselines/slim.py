"""SLIM: sparse item weights by an elastic net."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.sparse import csr_array

from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores, crowded

MOST_ITEMS = 3_000
"""The largest catalogue: the time of a fit grows with about I³, and a search of larger ones takes many minutes."""


@dataclass(frozen=True)
class SLIM(HistoryBaseline):
    """SLIM, sparse linear methods (Ning and Karypis 2011): scores X W of the users' histories X (U, I).

    W (I, I) minimises ½ ‖X - X W‖² + ½ l2 ‖W‖² + l1 Σ W with W ≥ 0 and a zero diagonal.
    """

    name = "slim"
    dense = True
    coarse = MappingProxyType({"sweeps": 3})

    l1: float = 0.5
    """The l1 penalty, which makes weights 0."""
    l2: float = 50.0
    sweeps: int = 10
    """The maximal number of passes over an item's weights; a pass that changes little is the last."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From almost no penalties to those that leave a weight only between items that hundreds of users share."""
        return {
            "l1": SearchRange(0.1, 50, log=True, stricter="high"),
            "l2": SearchRange(1, 1000, log=True, stricter="high"),
            **super().axes(ratings),
        }

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:
        """More than `MOST_ITEMS` items."""
        if catalogue.items <= MOST_ITEMS:
            return None
        return f"it solves for the weights of {catalogue.items:,} items one by one; {MOST_ITEMS:,} is its bound"

    def learn(self, ratings: Ratings) -> LinearScores:
        """Compute the item weights: see `sparse_weights`."""
        from recsys.algebra.sparse_weights import sparse_weights

        pairs = self.pairs(ratings)
        owned = pairs.matrix()
        weights = csr_array(np.pad(sparse_weights(owned, self.l1, self.l2, self.sweeps), ((0, 0), (0, 1))))
        return LinearScores(owned[-1:], weights.toarray() if crowded(weights) else weights, history=pairs.history)
