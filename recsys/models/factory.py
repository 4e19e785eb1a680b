"""The contract of a model factory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from recsys.arrays import AnyArray
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras


class Input(StrEnum):
    """What a model may know of a user and an item."""

    CODES = "codes"
    """Which user and which item: int32 codes (B,)."""
    HISTORY = "history"
    """The items that each user has had up to a moment, the newest first: int32 codes (U + 1, L)."""
    USER_FEATURES = "user_features"
    """What is known of each user: float32 (U + 1, F)."""
    ITEM_FEATURES = "item_features"
    """What is known of each item: float32 (I + 1, F)."""


MOST_LEVELS = 32
"""Different ratings up to which they are told apart as stars are; of more, a rating is a number."""


@dataclass(frozen=True)
class DataShape:
    """What a factory must know of the data."""

    users: int
    """U, without the spare row."""
    items: int
    """I, without the spare row."""
    mean: float
    """The mean training rating."""
    levels: tuple[float, ...] = ()
    """The training ratings that occur, such as the stars, rising; none where they are too many to tell apart."""
    inputs: Mapping[Input, AnyArray] = field(default_factory=dict, compare=False)
    """What is known besides codes, the spare row included."""

    def known(self, of: Input) -> AnyArray:
        """A declared input, by user or by item; without any column where the data have none."""
        rows = self.items if of is Input.ITEM_FEATURES else self.users
        dtype = np.int32 if of is Input.HISTORY else np.float32
        return self.inputs.get(of, np.zeros((rows + 1, 0), dtype))


Factory = Callable[[DataShape, Sequence[Mapping[str, Value]], Sequence[int]], "keras.Model"]
"""From the data's shape, a sequence of points and a seed for each to one Keras model.

The model takes user codes (B,) and item codes (B,), both int32, and gives ratings, or scores where the loss is one of
rankings, (B, M), a column a point. A sequence of one point is the ordinary model.
"""
