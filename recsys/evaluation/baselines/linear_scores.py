"""What every baseline comes to: scores that are the product of two matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array, issparse

from recsys.arrays import FloatArray, IntArray
from recsys.evaluation.baselines.history_weights import HistoryWeights

Matrix = Any
"""Dense, or a sparse `csr_array`, which has no types."""

_USERS = 64
"""Users whose items are scored at once where pairs are asked for."""


@dataclass(frozen=True, eq=False)
class LinearScores:
    """Scores left @ right: user factors by item factors, or users' histories by weights between items."""

    left: Matrix
    """(U + 1, K), dense or sparse; the spare row is that of any unknown user."""
    right: Matrix
    """(K, I + 1), dense or sparse; the spare column is that of any unknown item."""
    rates: bool = False
    """Whether the scores are ratings."""
    clip: tuple[float, float] | None = None
    """The scale that ratings are clipped to; None where they are not."""
    solved: Mapping[str, float] = field(default_factory=dict)
    """By which settings a user's factors are solved for from a history, where they are factors: see `IALS`."""
    history: HistoryWeights = field(default_factory=HistoryWeights)
    """What the items of a history weigh, where scores come from one."""

    def score_all(self, users: IntArray, items: int) -> FloatArray:
        """Scores of all items for user codes (B,): (B, I)."""
        return self._rows(users)[:, :items]

    def predict(self, users: IntArray, items: IntArray) -> FloatArray:
        """Scores of user and item codes (B,), spare ones included: (B,)."""
        order = np.argsort(users, kind="stable")
        scores = np.empty(len(users), self.right.dtype)
        known, starts = np.unique(users[order], return_index=True)
        for begin in range(0, len(known), _USERS):
            some = known[begin : begin + _USERS]
            rows = order[starts[begin] : starts[begin + _USERS] if begin + _USERS < len(known) else None]
            scores[rows] = self._rows(some)[np.searchsorted(some, users[rows]), items[rows]]
        return scores

    def clipped(self, scores: FloatArray) -> FloatArray:
        """Scores as ratings on the scale."""
        return scores if self.clip is None else np.clip(scores, *self.clip)

    def _rows(self, users: IntArray) -> FloatArray:
        product = self.left[users] @ self.right
        return product.toarray() if issparse(product) else np.asarray(product)


def history_matrix(
    users: IntArray, items: IntArray, shape: tuple[int, int], weights: FloatArray | None = None
) -> csr_array:
    """What an item weighs in a user's history, (U + 1, I), the spare user without any.

    Args:
        users: IntArray of the pairs, (N,), none of them twice.
        items: Likewise.
        shape: U and I.
        weights: Of the pairs, (N,); 1 by default.
    """
    values = np.ones(len(users), np.float32) if weights is None else weights
    return csr_array((values, (users, items)), shape=(shape[0] + 1, shape[1]))
