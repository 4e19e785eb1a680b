"""Running mean and variance of predictions."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Float32Array, Float64Array


class Moments:
    """Running mean and variance over draws (Welford 1962), in float64.

    Args:
        count: B, the number of predictions of a draw.
    """

    def __init__(self, count: int) -> None:
        self.draws = 0
        self.mean: Float64Array = np.zeros(count)
        self._squares: Float64Array = np.zeros(count)

    def add(self, predictions: Float32Array | Float64Array) -> None:
        """Add the predictions of a draw, shape (B,)."""
        self.draws += 1
        away = predictions - self.mean
        self.mean = self.mean + away / self.draws
        self._squares += away * (predictions - self.mean)

    @property
    def variance(self) -> Float64Array:
        """The sample variance over the draws, shape (B,); NaN for fewer than two draws."""
        return self._squares / (self.draws - 1) if self.draws > 1 else np.full_like(self.mean, np.nan)
