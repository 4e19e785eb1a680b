"""Each item from all the others, in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack

from recsys.data.ratings import Catalogue, Ratings
from recsys.errors import RecsysError
from recsys.evaluation.baselines.baseline import Baseline, rounded
from recsys.evaluation.baselines.linear_scores import LinearScores, histories

MOST_ITEMS = 10_000
"""Up to so many items: 8 · I² bytes, 800 MB, for the matrix that is inverted, half as much for the weights, and half a
minute for I³ multiplications on 2 cores."""


@dataclass(frozen=True)
class EASE(Baseline):
    """Embarrassingly shallow autoencoders (Steck 2019): scores X B, with X the users' histories.

    B minimises ‖X - X B‖² + l2 ‖B‖² with a diagonal of 0: B = I - P / diag(P) by columns, P = (XᵀX + l2 · I)⁻¹.
    """

    name = "ease"
    dense = True

    l2: float = 500.0

    @classmethod
    def starts(cls) -> Sequence[Self]:
        """From little to much."""
        return [cls(l2) for l2 in (500.0, 150.0, 1500.0)]

    def near(self) -> Sequence[Self]:
        """A half more, a third less."""
        return [replace(self, l2=rounded(self.l2 * factor)) for factor in (1.5, 1 / 1.5)]

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:
        """A matrix of items by items has to be inverted in memory."""
        if catalogue.items <= MOST_ITEMS:
            return None
        return f"it inverts a matrix of {catalogue.items:,} by {catalogue.items:,} items; {MOST_ITEMS:,} is its bound"

    def fit(self, ratings: Ratings) -> LinearScores:
        """Invert."""
        pairs, items = ratings.positives, ratings.catalogue.items
        owned = histories(pairs.users, pairs.items, (ratings.catalogue.users, items))
        inverse = _inverse((owned.T @ owned).toarray().astype(np.float64), self.l2)
        weights = np.zeros((items, items + 1), np.float32)
        np.divide(inverse, -np.diag(inverse), out=weights[:, :items], casting="same_kind")
        np.fill_diagonal(weights, 0)
        return LinearScores(owned, weights)


def _inverse(gram: npt.NDArray[np.float64], l2: float) -> npt.NDArray[np.float64]:
    """(gram + l2 · I)⁻¹ in the memory of the gram matrix (I, I), by Cholesky's factors."""
    np.fill_diagonal(gram, np.diag(gram) + l2)
    factor, fault = lapack.dpotrf(gram.T, lower=1, overwrite_a=1)  # a transposed view is in LAPACK's own order
    if fault:
        raise RecsysError(f"EASE with l2 = {l2:g}: the items' matrix has no inverse; give it more l2")
    inverse: npt.NDArray[np.float64] = lapack.dpotri(factor, lower=1, overwrite_c=1)[0]
    for place in range(len(inverse) - 1):  # LAPACK fills one half; row by row the other takes no memory
        inverse[place, place + 1 :] = inverse[place + 1 :, place]
    return inverse
