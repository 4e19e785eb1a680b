"""What the values of people's histories are, and what they are to the models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from recsys.arrays import Float64Array
from recsys.data.ratings import Ratings
from recsys.errors import InputError

WeightScale = Literal["linear", "log", "one"]


@dataclass(frozen=True)
class Feedback:
    """Ratings on a scale, or weights of what people did."""

    implicit: bool
    scale: tuple[float, float]
    """The lowest and the highest rating."""
    positive_from: float | None = None
    """The rating from which on an item is liked; None where the data do not say, and all are."""
    weight_scale: WeightScale = "linear"
    """How a weight counts, as `data.weight_scale`."""
    repeats: bool = False
    """Whether what a person had before may be shown again, as `split.repeats`."""

    @property
    def words(self) -> tuple[str, str]:
        """What the values of a history are called, and what they are not."""
        return ("weights", "ratings") if self.implicit else ("ratings", "weights")

    def checked(self, value: float) -> float:
        """A value that a history can have.

        Raises:
            InputError: It cannot.
        """
        low, high = self.scale
        if self.implicit and not value > 0:
            raise InputError(f"weights: {value:g}, expected numbers above 0")
        if not self.implicit and not low <= value <= high:
            raise InputError(f"ratings: {value:g} is outside the scale {low:g} to {high:g}")
        return value

    @property
    def liked(self) -> float:
        """The value of an item that is liked, where nothing more is known."""
        return 1.0 if self.implicit else self.scale[1]

    def weighed(self, values: Float64Array) -> Float64Array:
        """Values (B,) as the models were trained on them."""
        if not self.implicit or self.weight_scale == "linear":
            return values
        return np.log1p(values) if self.weight_scale == "log" else np.ones_like(values)


def feedback_of(ratings: Ratings, weight_scale: WeightScale = "linear") -> Feedback:
    """What the values of a data set are."""
    return Feedback(ratings.implicit, ratings.scale, ratings.positive_from, weight_scale, ratings.repeats)
