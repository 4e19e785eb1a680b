"""State: one draw of everything that the sampler draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float32Array, Float64Array, IntArray

CHUNK = 2**14
"""How many ratings are predicted at a time: their gathered rows stay in the cache."""


@dataclass(frozen=True, eq=False)
class SideState:
    """The vectors of all users, or of all items: D factors and then the bias."""

    values: Float64Array
    """Shape (n, D + 1)."""
    mean: Float64Array
    """μ of their prior, shape (D + 1,): the best guess for one that has no rating and no feature."""
    precision: Float64Array
    """Λ of their prior, shape (D + 1, D + 1)."""
    coefficients: Float64Array | None = None
    """β of their features, shape (features, D + 1); None without any."""
    ridge: float = 1.0
    """The precision of the coefficients, in units of Λ."""


@dataclass(frozen=True, eq=False)
class ChainState:
    """One draw."""

    users: SideState
    items: SideState
    noise: float
    """The precision of a rating, or of what lies behind its star, around its prediction."""
    error: float = float("nan")
    """The mean squared error of the ratings that it was drawn from; not a number before any draw."""
    cuts: Float64Array | None = None
    """Where stars begin that are only ordered, shape (stars - 1,); None where ratings are numbers."""

    @property
    def traced(self) -> float:
        """What tells whether chains have mixed: the noise's precision, or the first star's distance to the last."""
        return self.noise if self.cuts is None else float(self.cuts[-1] - self.cuts[0])

    @property
    def deviation(self) -> float:
        """The noise's standard deviation, of stars that are only ordered in units of a middle star's width."""
        if self.cuts is None:
            return float(self.noise**-0.5)
        return (len(self.cuts) - 1) / self.traced if len(self.cuts) > 1 else float("nan")

    def predict(self, users: IntArray, items: IntArray) -> Float32Array:
        """p_u · q_i + b_u + b_i, without the mean rating, shape (B,), for codes (B,).

        The spare code, one past the last, has the prior's mean.
        """
        left, right = _with_spare(self.users), _with_spare(self.items)
        left = np.column_stack([left, np.ones_like(left[:, 0])])  # p, b_u, 1
        right = np.column_stack([right[:, :-1], np.ones_like(right[:, 0]), right[:, -1]])  # q, 1, b_i
        predictions = np.empty(len(users), np.float32)
        for begin in range(0, len(users), CHUNK):
            part = slice(begin, begin + CHUNK)
            np.einsum("bd,bd->b", left.take(users[part], 0), right.take(items[part], 0), out=predictions[part])
        return predictions


def _with_spare(rows: SideState) -> Float32Array:
    return np.concatenate([rows.values, rows.mean[None]]).astype(np.float32)
