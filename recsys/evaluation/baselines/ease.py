"""EASE: item weights in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack, solve_triangular

from recsys.arrays import Float64Array
from recsys.data.ratings import Catalogue, Ratings
from recsys.errors import RecsysError
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores

MOST_ITEMS = 10_000
"""The largest catalogue: 8 · I² bytes, 800 MB, for the matrix to invert, half as much for the weights, and half a
minute for I³ multiplications on 2 cores."""
_FEWER_USERS = 0.4
"""The ratio of users to items below which inverting a matrix of users by users is cheaper: U² I + U I²
multiplications instead of I³."""


@dataclass(frozen=True)
class EASE(HistoryBaseline):
    """EASE, the embarrassingly shallow autoencoder (Steck 2019): scores X B of the users' histories X (U, I).

    B (I, I) minimises ‖X - X B‖² + l2 ‖B‖² with a zero diagonal: B = I - P / diag(P) by columns, P = (XᵀX + l2 · I)⁻¹.
    """

    name = "ease"
    dense = True

    l2: float = 500.0

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From almost no penalty to one that suppresses even items that a few thousand users share."""
        return {"l2": SearchRange(0.1, 1e5, log=True, stricter="high"), **super().axes(ratings)}

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:
        """More than `MOST_ITEMS` items, as it inverts a matrix of items by items in memory."""
        if catalogue.items <= MOST_ITEMS:
            return None
        return f"it inverts a matrix of {catalogue.items:,} by {catalogue.items:,} items; {MOST_ITEMS:,} is its bound"

    def learn(self, ratings: Ratings) -> LinearScores:
        """Invert a matrix of items by items, or of users by users if there are far fewer users."""
        pairs = self.pairs(ratings)
        owned, items = pairs.matrix(), pairs.shape[1]
        active = np.flatnonzero(np.diff(owned.indptr))
        by_users = self.l2 > 0 and len(active) < items * _FEWER_USERS
        weights = np.zeros((items, items + 1), np.float32)
        columns = weights[:, :items]
        if by_users:
            shared = _shared(owned[active].toarray().astype(np.float64), self.l2)
            np.divide(shared, 1 - np.diag(shared), out=columns, casting="same_kind")
        else:
            inverse = _inverse((owned.T @ owned).toarray().astype(np.float64), self.l2)
            np.divide(inverse, -np.diag(inverse), out=columns, casting="same_kind")
        np.fill_diagonal(weights, 0)
        return LinearScores(owned[-1:], weights, history=pairs.history)


def _inverse(gram: Float64Array, l2: float) -> Float64Array:
    """(gram + l2 · I)⁻¹ in the memory of the gram matrix (I, I), by Cholesky's factors."""
    np.fill_diagonal(gram, np.diag(gram) + l2)
    factor, fault = lapack.dpotrf(gram.T, lower=1, overwrite_a=1)  # a transposed view is in LAPACK's own order
    if fault:
        raise RecsysError(f"EASE with l2 = {l2:g}: the items' matrix has no inverse; give it more l2")
    inverse: Float64Array = lapack.dpotri(factor, lower=1, overwrite_c=1)[0]
    for place in range(len(inverse) - 1):  # LAPACK fills one half; row by row the other takes no memory
        inverse[place, place + 1 :] = inverse[place + 1 :, place]
    return inverse


def _shared(owned: Float64Array, l2: float) -> Float64Array:
    """Xᵀ (X Xᵀ + l2 · I)⁻¹ X of histories X (U, I), which is I - l2 · P by Woodbury's identity: (I, I)."""
    gram = owned @ owned.T
    np.fill_diagonal(gram, np.diag(gram) + l2)
    half = solve_triangular(np.linalg.cholesky(gram), owned, lower=True)
    return np.asarray(half.T @ half)
