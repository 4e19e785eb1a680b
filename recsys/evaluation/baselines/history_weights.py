"""The weights of the items of a user's history, in training and in fold-in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import Float32Array, FloatArray
from recsys.data.histories import Histories
from recsys.data.ratings import Ratings


@dataclass(frozen=True)
class HistoryWeights:
    """Maps the weights of pairs in the data to their weights in a ranking baseline."""

    seen: float = 0.0
    """The weight of a rated item that is not a positive; 0 leaves it out."""
    power: float = 0.0
    """The exponent of implicit weights: 0 counts every pair once, 1 keeps the weights."""
    unit: float = 1.0
    """The divisor of the powers: their mean in training, so that a penalty has the same effect on all data."""
    half_life: float = math.inf
    """The number of later entries of a history that halves the weight of an entry; infinite for equal weights."""
    each_time: bool = False
    """Whether an item counts each time that a history has it; otherwise it counts once, at its last place."""

    @classmethod
    def fitted(cls, positives: FloatArray, seen: float, power: float) -> HistoryWeights:
        """Compute the unit from training data.

        Args:
            positives: The weights of pairs, (N,), 0 for items that are not positives.
            seen: See `HistoryWeights`.
            power: See `HistoryWeights`.
        """
        positives = np.asarray(positives[positives > 0], np.float64)
        return cls(seen, power, float(np.mean(positives**power)) if power and len(positives) else 1.0)

    def of(self, positives: FloatArray) -> Float32Array:
        """The weights (N,) of pairs with weights `positives` (N,), which are 0 for items that are not positives."""
        positive = positives > 0
        powers = np.power(positives, self.power, where=positive, out=np.zeros(len(positives)))
        return np.where(positive, powers / self.unit, self.seen).astype(np.float32)

    def kept(self, histories: Histories) -> Histories:
        """The entries that count, with their weights without regard to time."""
        histories = histories if self.each_time else histories.once
        return histories.weighed(self.of(histories.weights)).positives

    def matrix(self, histories: Histories, items: int) -> csr_array:
        """The weight of each item in each of R histories, (R, I): halved after each `half_life` later entries."""
        kept = self.kept(histories)
        weights = (kept.weights * 0.5 ** (kept.steps_ago / self.half_life)).astype(np.float32)
        return csr_array((weights, (kept.rows, kept.items)), shape=(len(kept), items))


def positives_of(ratings: Ratings) -> FloatArray:
    """The weight of each pair, (N,): that of implicit data; else 1 for a positive rating and 0 for another."""
    return ratings.values if ratings.implicit else ratings.are_positive.astype(np.float32)
