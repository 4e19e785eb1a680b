"""The contract of a model factory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import Float32Array
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras


class Input(StrEnum):
    """The inputs of a model about users and items."""

    CODES = "codes"
    """The codes of users and items: int32 (B,)."""
    HISTORY = "history"
    """The items that each user chose up to a moment, the newest last: int32 codes (B, L). A model has it in place of
    the user's code."""
    USER_FEATURES = "user_features"
    """The features of each user: float32 (U + 1, F)."""
    ITEM_FEATURES = "item_features"
    """The features of each item: float32 (I + 1, F)."""


OF_FEATURES = "_features"
"""The end of the name of what an embedding's features add to it, such as `item_embedding_features`."""
MOST_LEVELS = 32
"""The greatest number of different ratings that count as levels, such as stars. Beyond it, a rating is a number."""


@dataclass(frozen=True)
class DataShape:
    """The properties of the data that a factory needs."""

    users: int
    """The number of users U, without the spare row."""
    items: int
    """The number of items I, without the spare row."""
    mean: float
    """The mean training rating."""
    levels: tuple[float, ...] = ()
    """The training ratings that occur, such as stars, in ascending order; empty beyond `MOST_LEVELS` of them."""
    inputs: Mapping[Input, csr_array] = field(default_factory=dict, compare=False)
    """The features, sparse, with the spare row."""

    def features(self, of: Input) -> csr_array:
        """Return features by user or by item, with the spare row, which is empty.

        Args:
            of: The features of users or of items.

        Returns:
            A sparse array (U + 1, F) or (I + 1, F); F = 0 if the data lack the features.
        """
        rows = self.items if of is Input.ITEM_FEATURES else self.users
        return self.inputs[of] if of in self.inputs else csr_array((rows + 1, 0), dtype=np.float32)

    def known(self, of: Input) -> Float32Array:
        """Return the same as a dense array (U + 1, F) or (I + 1, F)."""
        return np.asarray(self.features(of).toarray(), np.float32)


Factory = Callable[[DataShape, Sequence[Mapping[str, Value]], Sequence[int]], "keras.Model"]
"""Builds one Keras model from the shape of the data, a sequence of M points and a seed for each.

The model takes user codes (B,) and item codes (B,), both int32. It returns ratings (B, M), or scores for a ranking
loss, with one column for each point. A sequence of one point gives the ordinary model.
"""
