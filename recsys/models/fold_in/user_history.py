"""User history: the items of a user as training would have read them, each once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import Float64Array, Int32Array, IntpArray
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
    features: csr_array | None = None
    """What else is known of the user (1, F); None if nothing is."""

    @property
    def by_item(self) -> UserHistory:
        """Return the same in the order of the items' codes, for models to which the order says nothing."""
        return self.take(np.argsort(self.items))

    @property
    def without_items(self) -> UserHistory:
        """Return the same user's features alone."""
        return self.take(np.zeros(0, np.intp))

    def take(self, places: IntpArray) -> UserHistory:
        """Return the entries at places."""
        return replace(self, items=self.items[places], values=self.values[places], weights=self.weights[places])

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
