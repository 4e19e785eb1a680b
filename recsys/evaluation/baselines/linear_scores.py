"""The fitted form of every baseline: scores as the product of two matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array, issparse

from recsys.algebra.neighbours import row_neighbours
from recsys.arrays import AnyArray, Float32Array, FloatArray, IntArray
from recsys.data.histories import Histories
from recsys.evaluation.baselines.history_weights import HistoryWeights

Matrix = Any
"""A dense array or a `csr_array`, which has no type stubs."""

_USERS = 64
"""Users whose items are scored at once when predicting pairs."""
_SPARSE = 0.1
"""The density above which a dense matrix scores faster than a sparse one."""


@dataclass(frozen=True, eq=False)
class LinearScores:
    """Scores left @ right: user factors times item factors, or users' histories times weights between items.

    Weights between items may be a product of two matrices, `middle` @ `right`, which is never computed, and weights of
    items on themselves, `own`.
    """

    left: Matrix
    """(U + 1, K), or (U + 1, I) with `middle`, dense or sparse; the last row is that of an unknown user."""
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
    middle: Matrix = None
    """(I, K), dense or sparse: what an item of a history adds to a user's K factors, if `left` holds histories and the
    weights between items are a product; otherwise None."""
    own: FloatArray | None = None
    """What an item of a history adds to its own score besides `middle` @ `right`, (I,); None for nothing."""
    near: Mapping[str, float] = field(default_factory=dict)
    """The settings by which `left` holds a history's similarities to those of K people, which `right` has, see
    `UserKNN`; empty if it does not."""

    def score_all(self, users: IntArray, items: int) -> FloatArray:
        """Scores of all items for user codes (B,): (B, I)."""
        return self._rows(users)[:, :items]

    @property
    def reads_histories(self) -> bool:
        """Whether the scores for a user come from the user's history."""
        return issparse(self.left) or bool(self.solved)

    @property
    def reads_features(self) -> bool:
        """Whether the scores for a user come from the user's features, which no baseline knows."""
        return False

    def score_histories(self, histories: Histories, items: int, users: AnyArray | None = None) -> FloatArray:  # noqa: ARG002 - only histories count
        """Scores of all items for R people, known or not, from their histories alone: (R, I).

        Everybody gets the scores of an unknown user if the scores do not come from histories.
        """
        return self._product(self.rows_of(histories))[:, :items]

    def rows_of(self, histories: Histories) -> Matrix:
        """The rows of `left` for R people with histories, (R, K)."""
        if not self.reads_histories:
            return np.repeat(self.left[-1:], len(histories), axis=0)
        weights = self.history.matrix(histories, self.right.shape[1] - 1)
        if self.near:
            return row_neighbours(weights, self.right[:, :-1], int(self.near["neighbours"]), self.near["shrinkage"])
        return _factors(weights, self.right[:, :-1].T, self.solved) if self.solved else weights

    def with_people(self, histories: Histories) -> LinearScores:
        """The same scores of items for the U users with these histories, and for an unknown one."""
        nobody = replace(histories, starts=np.append(histories.starts, histories.starts[-1]))
        return replace(self, left=self.rows_of(nobody))

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
        return self._product(self.left[users])

    def _product(self, left: Matrix) -> FloatArray:
        product = (left if self.middle is None else left @ self.middle) @ self.right
        scores: FloatArray = product.toarray() if issparse(product) else np.asarray(product)
        if self.own is not None:
            entries = left.tocoo()
            scores[entries.coords] += entries.data * self.own[entries.coords[1]]
        return scores


def _factors(weights: csr_array, factors: FloatArray, solved: Mapping[str, float]) -> Float32Array:
    """The factors (R, K) that solve the least-squares problem of implicit feedback.

    Args:
        weights: The weights of the items in the histories, (R, I).
        factors: The factors of the items, (I, K).
        solved: See `LinearScores`.
    """
    from recsys.algebra.implicit import implicit_prior
    from recsys.algebra.normal_equations import NormalEquations
    from recsys.algebra.side import Side
    from recsys.algebra.solve import solve_rows

    entries, exact = weights.tocoo(), np.asarray(factors, np.float64)
    (rows, columns), values = entries.coords, entries.data
    prior = implicit_prior(exact, np.bincount(rows, values, minlength=weights.shape[0]), **solved)
    side = Side.of(rows, columns, weights.shape)
    return solve_rows(NormalEquations(side, exact, values, values, prior)).astype(np.float32)


def crowded(matrix: csr_array) -> bool:
    """Whether a sparse matrix scores faster as a dense one."""
    return bool(matrix.nnz > _SPARSE * np.prod(matrix.shape))


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
