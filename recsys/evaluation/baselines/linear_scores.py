"""The fitted form of every baseline: scores as the product of two matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array, issparse

from recsys.arrays import FloatArray, IntArray
from recsys.evaluation.baselines.history_weights import HistoryWeights

Matrix = Any
"""A dense array or a `csr_array`, which has no type stubs."""

_USERS = 64
"""Users whose items are scored at once when predicting pairs."""


@dataclass(frozen=True, eq=False)
class LinearScores:
    """Scores left @ right: user factors times item factors, or users' histories times weights between items."""

    left: Matrix
    """(U + 1, K), dense or sparse; the last row is that of an unknown user."""
    right: Matrix
    """(K, I + 1), dense or sparse; the last column is that of an unknown item."""
    rates: bool = False
    """Whether the scores are ratings."""
    clip: tuple[float, float] | None = None
    """The scale to clip ratings to; None for no clipping."""
    solved: Mapping[str, float] = field(default_factory=dict)
    """The settings by which fold-in solves for a user's factors, see `IALS`; empty if `left` holds histories."""
    history: HistoryWeights = field(default_factory=HistoryWeights)
    """The weights of the items of a history, for scores that come from one."""

    def score_all(self, users: IntArray, items: int) -> FloatArray:
        """Scores of all items for user codes (B,): (B, I)."""
        return self._rows(users)[:, :items]

    def predict(self, users: IntArray, items: IntArray) -> FloatArray:
        """Scores of user and item codes (B,), which may be the codes U and I of unknown ones: (B,)."""
        order = np.argsort(users, kind="stable")
        scores = np.empty(len(users), self.right.dtype)
        known, starts = np.unique(users[order], return_index=True)
        for begin in range(0, len(known), _USERS):
            some = known[begin : begin + _USERS]
            rows = order[starts[begin] : starts[begin + _USERS] if begin + _USERS < len(known) else None]
            scores[rows] = self._rows(some)[np.searchsorted(some, users[rows]), items[rows]]
        return scores

    def clipped(self, scores: FloatArray) -> FloatArray:
        """The scores, clipped to the scale if there is one."""
        return scores if self.clip is None else np.clip(scores, *self.clip)

    def _rows(self, users: IntArray) -> FloatArray:
        product = self.left[users] @ self.right
        return product.toarray() if issparse(product) else np.asarray(product)


def history_matrix(
    users: IntArray, items: IntArray, shape: tuple[int, int], weights: FloatArray | None = None
) -> csr_array:
    """The weight of each item in each user's history, (U + 1, I), with an empty row for the unknown user.

    Args:
        users: The user codes of distinct pairs, (N,).
        items: The item codes of the pairs, (N,).
        shape: U and I.
        weights: The weights of the pairs, (N,); 1 by default.
    """
    values = np.ones(len(users), np.float32) if weights is None else weights
    return csr_array((values, (users, items)), shape=(shape[0] + 1, shape[1]))
