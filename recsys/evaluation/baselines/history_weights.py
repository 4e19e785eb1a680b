"""What the items of a history weigh, in training and when a person is folded in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float32Array, FloatArray
from recsys.data.ratings import Ratings


@dataclass(frozen=True)
class HistoryWeights:
    """From what an item weighs as a choice to what a baseline that ranks makes of it."""

    seen: float = 0.0
    """Of an item that was rated and is no positive; 0 leaves it out."""
    power: float = 0.0
    """Of the weights of implicit data: 0 counts every pair once, 1 takes the weights as they are."""
    unit: float = 1.0
    """What the powers are divided by: their mean in training, so that penalties mean the same on all data."""

    @classmethod
    def fitted(cls, positives: FloatArray, seen: float, power: float) -> HistoryWeights:
        """With the unit of training.

        Args:
            positives: As `of` takes them, (N,).
            seen: See `HistoryWeights`.
            power: Likewise.
        """
        positives = np.asarray(positives[positives > 0], np.float64)
        return cls(seen, power, float(np.mean(positives**power)) if power and len(positives) else 1.0)

    def of(self, positives: FloatArray) -> Float32Array:
        """The weights (N,) of choices (N,), which are 0 for items that are no positives."""
        positive = positives > 0
        powers = np.power(positives, self.power, where=positive, out=np.zeros(len(positives)))
        return np.where(positive, powers / self.unit, self.seen).astype(np.float32)


def positives_of(ratings: Ratings) -> FloatArray:
    """What each pair weighs as a choice, (N,): the weight of implicit data, 1 for a positive rating, 0 for another."""
    return ratings.values if ratings.implicit else ratings.are_positive.astype(np.float32)
