"""User history: the items of a user as training would have read them, each once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array, Int32Array
from recsys.data.histories import Histories


@dataclass(frozen=True, eq=False)
class UserHistory:
    """The items that a user chose or rated, with values, the oldest first."""

    items: Int32Array
    """The codes of the items (N,)."""
    values: Float64Array
    """Ratings, or weights on the scale of training (N,)."""
    weights: Float64Array
    """The weight of each item as a positive, 0 for an item that is not one (N,)."""

    @property
    def by_item(self) -> UserHistory:
        """Return the same in the order of the items' codes, for models to which the order says nothing."""
        order = np.argsort(self.items)
        return UserHistory(self.items[order], self.values[order], self.weights[order])

    @property
    def packed(self) -> Histories:
        """Return the same as the history of one person (1 row)."""
        ends = np.array([0, len(self.items)])
        return Histories(ends, self.items, self.values.astype(np.float32), self.weights.astype(np.float32), None)

    def positives(self, seen_weight: float = 0.0) -> tuple[Int32Array, Float64Array]:
        """Return the entries that a ranking loss is trained on.

        Args:
            seen_weight: The weight of a rated item that is not a positive; 0 leaves it out.

        Returns:
            Item codes and their weights, for positive weights only.
        """
        weights = np.where(self.weights > 0, self.weights, seen_weight)
        return self.items[weights > 0], weights[weights > 0]
