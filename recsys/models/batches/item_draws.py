"""Draws of negatives by popularity, with the number of items that each draw represents."""

from __future__ import annotations

import numpy as np

from recsys.arrays import BoolArray, Float32Array, Int32Array, IntArray


class ItemDraws:
    """Draws N items for a batch.

    An item is drawn by its popularity to the power of `power`. It stands for 1 / (N · probability) items, so that sums
    over draws estimate sums over all items. In a softmax this is the log-Q correction (Bengio and Senécal 2008).

    Args:
        chosen: The items of the positives (P,).
        count: The number of draws N.
        power: 0 draws all items with equal probability, 1 by their popularity.
        released: Which items may be drawn (I,).
    """

    def __init__(self, chosen: IntArray, released: BoolArray, count: int, power: float) -> None:
        self.count, items = count, len(released)
        popularity = np.bincount(chosen, minlength=items)[:items]
        # an item without positives is drawn as if it had one
        weights = np.where(released, np.maximum(popularity, 1).astype(np.float64) ** power, 0.0)
        self._drawn_below = np.cumsum(weights) / weights.sum()
        self._last = int(np.flatnonzero(released)[-1])
        stands_for = np.divide(weights.sum(), weights, out=np.zeros(items), where=released)
        self.stands_for: Float32Array = (stands_for / count).astype(np.float32)
        """The number of items that a draw of each item represents (I,); 0 for one that is not drawn."""

    def draw(self, random: np.random.Generator, steps: int) -> Int32Array:
        """Return the items of each step (steps, N)."""
        drawn = np.searchsorted(self._drawn_below, random.random((steps, self.count)), side="right")
        return np.minimum(drawn, self._last).astype(np.int32)
