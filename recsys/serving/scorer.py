"""Scorer: what predicts. One model, or a weighted mean of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from recsys.models.catalog import predict

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Scorer:
    """Predicts ratings of user and item codes."""

    models: Sequence[keras.Model]
    shares: Sequence[float]
    """The weight of each model in the mean; they sum to 1."""
    clip: tuple[float, float] | None
    """The scale that ratings are clipped to."""

    def predict(self, users: npt.NDArray[Any], items: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Scores (B,) of codes (B,): ratings that may lie outside the scale, which is what items are ranked by."""
        total = np.zeros(len(users))
        for model, share in zip(self.models, self.shares, strict=True):
            total += share * predict(model, users, items)[:, 0]
        return total

    def clipped(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Scores as ratings on the scale."""
        return scores if self.clip is None else np.clip(scores, *self.clip)

    def score_all(self, users: npt.NDArray[Any], items: int) -> npt.NDArray[np.float64]:
        """Scores (B, I) of all items for users (B,)."""
        codes = np.arange(items, dtype=np.int32)
        pairs = np.repeat(users.astype(np.int32), items), np.tile(codes, len(users))
        return self.predict(*pairs).reshape(len(users), items)
