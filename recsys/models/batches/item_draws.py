"""Draws of negatives by popularity, with the number of items that each draw represents."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Float32Array, Int32Array, IntArray


class ItemDraws:
    """Draws N items for a batch.

    An item is drawn by its popularity to the power of `power`. It stands for 1 / (N · probability) items, so that sums
    over draws estimate sums over all items. In a softmax this is the log-Q correction (Bengio and Senécal 2008).

    Args:
        chosen: The items of the positives (P,).
        items: The number of items I of the catalogue.
        count: The number of draws N.
        power: 0 draws all items with equal probability, 1 by their popularity.
    """

    def __init__(self, chosen: IntArray, items: int, count: int, power: float) -> None:
        self.items, self.count = items, count
        popularity = np.bincount(chosen, minlength=items)[:items]
        # an item without positives is drawn as if it had one
        weights = np.maximum(popularity, 1).astype(np.float64) ** power
        self._drawn_below = np.cumsum(weights) / weights.sum()
        self.stands_for: Float32Array = (weights.sum() / weights / count).astype(np.float32)
        """The number of items that a draw of each item represents (I,)."""

    def draw(self, random: np.random.Generator, steps: int) -> Int32Array:
        """Return the items of each step (steps, N)."""
        drawn = np.searchsorted(self._drawn_below, random.random((steps, self.count)), side="right")
        return np.minimum(drawn, self.items - 1).astype(np.int32)
