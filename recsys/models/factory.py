"""The contract of a model factory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras

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


Factory = Callable[[DataShape, Sequence[Mapping[str, Value]], Sequence[int]], "keras.Model"]
"""From the data's shape, a sequence of points and a seed for each to one Keras model.

The model takes user codes (B,) and item codes (B,), both int32, and gives ratings, or scores where the loss is one of
rankings, (B, M), a column a point. A sequence of one point is the ordinary model.
"""
