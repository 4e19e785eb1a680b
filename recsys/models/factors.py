"""Factors: a model whose scores are dot products, as NumPy arrays that need no Keras.

s(u, i) = p_u · q_i  [+ b_u]  [+ b_i]  [+ mean]
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import AnyArray, Float32Array, Float64Array

_PAIRS = 65536
"""The number of pairs that are predicted together."""


@dataclass(frozen=True, eq=False)
class Factors:
    """What the scores of an ordinary model consist of, with the spare rows of ids outside the catalogue.

    The vectors and biases include what the features of an id add to its own.
    """

    users: Float32Array
    """The vectors of users (U + 1, D)."""
    items: Float32Array
    """The vectors of items (I + 1, D)."""
    user_biases: Float32Array | None = None
    """The biases of users (U + 1,); None if the model has none."""
    item_biases: Float32Array | None = None
    """The biases of items (I + 1,); None if the model has none."""
    mean: float = 0.0
    """The mean training rating; 0 if the model does not start from it."""
    user_features: Float32Array | None = None
    """What each feature of users adds to a user's vector (F, D); None if the model reads no features of users."""
    user_feature_biases: Float32Array | None = None
    """What each feature of users adds to a user's bias (F,); None if there are no features or no biases of users."""
    non_negative: bool = False
    """Whether the vectors stay at 0 or above."""

    @property
    def reads_features(self) -> bool:
        """Return whether a user's features give predictions for a user without ratings."""
        return self.user_features is not None

    @property
    def rest(self) -> Float64Array:
        """Return the part of the scores of all items (I,) that no user changes."""
        biases = np.zeros(len(self.items) - 1) if self.item_biases is None else self.item_biases[:-1]
        return np.asarray(biases, np.float64) + self.mean

    def score_all(self, users: AnyArray, items: int) -> Float32Array:
        """Return scores (B, I) of all items for user codes (B,)."""
        scores = self.users[users] @ self.items[:items].T
        if self.user_biases is not None:
            scores += self.user_biases[users][:, None]
        if self.item_biases is not None:
            scores += self.item_biases[:items]
        return np.asarray(scores + np.float32(self.mean), np.float32)

    def predict(self, users: AnyArray, items: AnyArray) -> Float32Array:
        """Return scores (B,) of user codes (B,) and item codes (B,)."""
        parts = (slice(start, start + _PAIRS) for start in range(0, len(users), _PAIRS))
        products = [np.einsum("bd,bd->b", self.users[users[some]], self.items[items[some]]) for some in parts]
        scores = np.concatenate(products) if products else np.zeros(0, np.float32)
        if self.user_biases is not None:
            scores += self.user_biases[users]
        if self.item_biases is not None:
            scores += self.item_biases[items]
        return np.asarray(scores + np.float32(self.mean), np.float32)

    def of_features(self, features: csr_array | None) -> tuple[Float64Array, float]:
        """Return the vector (D,) and the bias that the features (1, F) of a user give; zeros if there are none."""
        if features is None or self.user_features is None:
            return np.zeros(self.users.shape[1]), 0.0
        biases = np.zeros(1) if self.user_feature_biases is None else features @ self.user_feature_biases
        return np.asarray((features @ self.user_features)[0], np.float64), float(biases[0])

    def save(self, path: Path) -> None:
        """Write the factors into a `.npz` file."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez(path, **{name: value for name, value in given.items() if value is not None})

    @classmethod
    def load(cls, path: Path) -> Factors:
        """Read what `save` has written."""
        with np.load(path, allow_pickle=False) as found:
            arrays = dict(found)
        mean, non_negative = float(arrays.pop("mean")), bool(arrays.pop("non_negative"))
        return cls(**arrays, mean=mean, non_negative=non_negative)
