"""Factors of users and items by alternating least squares on what people did and, with less weight, did not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from recsys.algebra.conjugate_gradients import improve_rows
from recsys.algebra.normal_equations import Prior
from recsys.algebra.side import Side
from recsys.algebra.solve import solve_rows
from recsys.arrays import AnyArray, FloatArray
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.ranking_baseline import RankingBaseline

_SMALLEST = 1e-4
"""What the largest factor is at least."""


@dataclass(frozen=True)
class IALS(RankingBaseline):
    """Implicit alternating least squares (Hu et al. 2008) as Rendle et al. 2022 tune it.

    Minimises Σ_pairs x_ui (1 - p_u · q_i)² + w Σ_all (p_u · q_i)² + Σ_u ridge_u |p_u|² + Σ_i ridge_i |q_i|², where x_ui
    is the weight of a pair, 1 of a positive, w that of what is unobserved, and the penalty grows with what a row adds
    to the loss: ridge_u = l2 (n_u + w I)^e for a user whose pairs weigh n_u, ridge_i = l2 (n_i + w U)^e for an item.
    """

    name = "ials"
    coarse = MappingProxyType({"factors": 32, "rounds": 5})

    unobserved_weight: float = 0.1
    """w, their α₀."""
    l2: float = 0.003
    exponent: float = 1.0
    """e: with 1 the penalty is that of a loss which every pair adds to; with 0 it is the same for all."""
    factors: int = 64
    rounds: int = 10
    """Each improves all users and then all items; in the end users are solved for, as they are when folded in."""
    seed: int = 0
    """Of the items' first factors."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From almost no penalty to so much that all lists are the popular items'."""
        return {
            "unobserved_weight": SearchRange(1e-3, 10, log=True, stricter="high"),
            "l2": SearchRange(1e-4, 1, log=True, stricter="high"),
            "factors": SearchRange(8, 128, log=True, whole=True, stricter="low"),
            **super().axes(ratings),
        }

    def fit(self, ratings: Ratings) -> LinearScores:
        """Alternate."""
        pairs = self.pairs(ratings)
        (n_users, n_items), weights = pairs.shape, pairs.weights
        users, items = (
            Side.of(pairs.users, pairs.items, pairs.shape),
            Side.of(pairs.items, pairs.users, pairs.shape[::-1]),
        )
        user_ridge, item_ridge = self._ridge(pairs.users, weights, users), self._ridge(pairs.items, weights, items)
        random = np.random.default_rng(self.seed)
        q = random.normal(0, 0.1 / np.sqrt(self.factors), (n_items, self.factors)).astype(np.float32)
        q[np.bincount(pairs.items, minlength=n_items) == 0] = 0  # conjugate gradients begin where an item has nothing
        p = np.zeros((n_users, self.factors), np.float32)
        for _ in range(self.rounds):
            p = improve_rows(users, q, weights, weights, self._prior(q, user_ridge), p)
            q = _kept_alive(improve_rows(items, p, weights, weights, self._prior(p, item_ridge), q))
        exact = q.astype(np.float64)
        p = solve_rows(users, exact, weights, weights, self._prior(exact, user_ridge)).astype(np.float32)
        spare = ((0, 1), (0, 0))
        settings = {name: getattr(self, name) for name in ("unobserved_weight", "l2", "exponent")}
        return LinearScores(np.pad(p, spare), np.pad(q, spare).T, solved=settings, history=pairs.history)

    def _ridge(self, rows: AnyArray, weights: FloatArray, side: Side) -> FloatArray:
        """The penalty of each row of a side, (rows,)."""
        sums = np.bincount(rows, weights, minlength=side.rows)
        return np.asarray(self.l2 * (sums + self.unobserved_weight * side.columns) ** self.exponent)

    def _prior(self, factors: FloatArray, ridge: FloatArray) -> Prior:
        """What is unobserved and the penalty, given the other side's factors (rows, D)."""
        return Prior(self.unobserved_weight * (factors.T @ factors), ridge=ridge)


def _kept_alive(factors: FloatArray) -> FloatArray:
    """The same unless they vanish, as they do where the penalty is worth more than anything that they could explain.

    A round is then a linear map, whose result goes to 0 in the direction of its first singular vector. That direction
    ranks, much like popularity, and is kept from vanishing in rounding.
    """
    largest = np.abs(factors).max(initial=0)
    return factors * (_SMALLEST / largest) if 0 < largest < _SMALLEST else factors
