"""User history: the items of a user as training would have read them, each once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array, Int32Array


@dataclass(frozen=True, eq=False)
class UserHistory:
    """The items that a user chose or rated, with values."""

    items: Int32Array
    """The codes of the items (N,)."""
    values: Float64Array
    """Ratings, or weights on the scale of training (N,)."""
    weights: Float64Array
    """The weight of each item as a positive, 0 for an item that is not one (N,)."""

    def positives(self, seen_weight: float = 0.0) -> tuple[Int32Array, Float64Array]:
        """Return the entries that a ranking loss is trained on.

        Args:
            seen_weight: The weight of a rated item that is not a positive; 0 leaves it out.

        Returns:
            Item codes and their weights, for positive weights only.
        """
        weights = np.where(self.weights > 0, self.weights, seen_weight)
        return self.items[weights > 0], weights[weights > 0]
