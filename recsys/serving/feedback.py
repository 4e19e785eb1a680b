"""The meaning of the values of a history, and their weight in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from recsys.arrays import Float64Array
from recsys.data.ratings import Ratings
from recsys.errors import InputError

WeightScale = Literal["linear", "log", "one"]
"""The values of `data.weight_scale`."""


@dataclass(frozen=True)
class Feedback:
    """Describes the values of a history: ratings on a scale, or weights of events."""

    implicit: bool
    """Whether the values are weights of events."""
    scale: tuple[float, float]
    """The lowest and the highest rating."""
    positive_from: float | None = None
    """The lowest rating that counts as positive; None if the data define none, and every rating does."""
    weight_scale: WeightScale = "linear"
    """The transformation of a weight, as in `data.weight_scale`."""
    repeats: bool = False
    """Whether a list may contain items that the person already has, as in `split.repeats`."""

    @property
    def words(self) -> tuple[str, str]:
        """Return the name of the values of a history, and the name of the other kind of values."""
        return ("weights", "ratings") if self.implicit else ("ratings", "weights")

    def checked(self, value: float) -> float:
        """Return a value after a check that a history may contain it.

        Raises:
            InputError: The value is a weight that is not above 0, or a rating outside the scale.
        """
        low, high = self.scale
        if self.implicit and not value > 0:
            raise InputError(f"weights: {value:g}, expected numbers above 0")
        if not self.implicit and not low <= value <= high:
            raise InputError(f"ratings: {value:g} is outside the scale {low:g} to {high:g}")
        return value

    @property
    def liked(self) -> float:
        """Return the value of an item that a person likes, if no other value is known."""
        return 1.0 if self.implicit else self.scale[1]

    def weighed(self, values: Float64Array) -> Float64Array:
        """Transform values (B,) as training did."""
        if not self.implicit or self.weight_scale == "linear":
            return values
        return np.log1p(values) if self.weight_scale == "log" else np.ones_like(values)


def feedback_of(ratings: Ratings, weight_scale: WeightScale = "linear") -> Feedback:
    """Describe the values of a data set."""
    return Feedback(ratings.implicit, ratings.scale, ratings.positive_from, weight_scale, ratings.repeats)
