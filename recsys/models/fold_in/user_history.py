"""The history of a person as training would have seen it: items of the catalogue, each once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array, Int32Array


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
