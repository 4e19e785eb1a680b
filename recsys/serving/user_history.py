"""A history as training would have seen it: items of the catalogue, each once, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import AnyArray, Float64Array, Int32Array
from recsys.data.ratings import Catalogue
from recsys.serving.ask import History
from recsys.serving.feedback import Feedback
from recsys.serving.ids import codes_of


@dataclass(frozen=True, eq=False)
class UserHistory:
    """What is known of a person."""

    items: Int32Array
    """(N,)."""
    values: Float64Array
    """Ratings, or weights on the scale of training, (N,)."""
    weights: Float64Array
    """What each item weighs as a choice, 0 for one that is not liked, (N,)."""

    def positives(self, seen_weight: float = 0.0) -> tuple[Int32Array, Float64Array]:
        """What a loss of rankings is trained on: items and their weights.

        Args:
            seen_weight: What an item that was rated and is not liked says in its favour; 0 leaves it out.
        """
        weights = np.where(self.weights > 0, self.weights, seen_weight)
        return self.items[weights > 0], weights[weights > 0]


def user_history_of(history: History, catalogue: Catalogue, feedback: Feedback) -> UserHistory:
    """The evidence of a history.

    Items outside the catalogue say nothing; of an item's ratings the last one counts, and its weights are summed.
    """
    codes = codes_of(catalogue.item_ids, history.items)
    given = np.full(len(codes), feedback.liked) if history.values is None else np.asarray(history.values, np.float64)
    known = codes < catalogue.items
    items, values = _once(codes[known], given[known], add=feedback.implicit)
    values = feedback.weighed(values)
    if feedback.implicit:
        return UserHistory(items, values, values)
    liked = values >= (feedback.positive_from if feedback.positive_from is not None else -np.inf)
    return UserHistory(items, values, liked.astype(np.float64))


def _once(codes: AnyArray, values: Float64Array, *, add: bool) -> tuple[Int32Array, Float64Array]:
    items, places = np.unique(codes, return_inverse=True)
    if add:
        return items.astype(np.int32), np.asarray(np.bincount(places, values, minlength=len(items)), np.float64)
    last = np.zeros(len(items))
    last[places] = values  # of several assignments the last one stays
    return items.astype(np.int32), last
