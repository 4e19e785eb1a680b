"""EASE: item weights in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recsys.algebra.item_weights import item_weights, low_rank_weights
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores

MOST_ITEMS = 10_000
"""The largest catalogue: 8 · I² bytes, 800 MB, for the matrix to invert, half as much for the weights, and half a
minute for I³ multiplications on 2 cores."""


@dataclass(frozen=True)
class EASE(HistoryBaseline):
    """EASE, the embarrassingly shallow autoencoder (Steck 2019): scores X B of the users' histories X (U, I).

    B (I, I) minimises ‖X - X B‖² + l2 ‖B‖² with a zero diagonal: B = I - P / diag(P) by columns, P = (XᵀX + l2 · I)⁻¹.
    """

    name = "ease"
    dense = True

    l2: float = 500.0

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From almost no penalty to one that suppresses even items that a few thousand users share."""
        return {"l2": SearchRange(0.1, 1e5, log=True, stricter="high"), **super().axes(ratings)}

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:
        """More than `MOST_ITEMS` items, as it inverts a matrix of items by items in memory."""
        if catalogue.items <= MOST_ITEMS:
            return None
        return f"it inverts a matrix of {catalogue.items:,} by {catalogue.items:,} items; {MOST_ITEMS:,} is its bound"

    def learn(self, ratings: Ratings) -> LinearScores:
        """Compute the item weights: see `item_weights` and `low_rank_weights`."""
        pairs = self.pairs(ratings)
        owned = pairs.matrix()
        if (found := low_rank_weights(owned, self.l2)) is not None:
            return LinearScores(owned[-1:], found.right, history=pairs.history, middle=found.left, own=found.own)
        return LinearScores(owned[-1:], item_weights(owned, self.l2), history=pairs.history)
