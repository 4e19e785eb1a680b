"""Factors of users and items by alternating least squares on what people did and, with less weight, did not do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from recsys.algebra.normal import Prior
from recsys.algebra.side import Side
from recsys.algebra.solve import solve_rows
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline, rounded
from recsys.evaluation.baselines.linear_scores import LinearScores

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class IALS(Baseline):
    """Implicit alternating least squares (Hu et al. 2008) as Rendle et al. 2022 tune it.

    Minimises Σ_positives (1 - p_u · q_i)² + w Σ_all (p_u · q_i)² + Σ_u ridge_u |p_u|² + Σ_i ridge_i |q_i|², where w is
    the weight of what is unobserved, and the penalty grows with what a row adds to the loss: ridge_u = l2 (n_u + w I)^e
    for a user with n_u positives, ridge_i = l2 (n_i + w U)^e for an item.
    """

    name = "ials"

    unobserved_weight: float = 0.1
    """w, their α₀."""
    l2: float = 0.003
    exponent: float = 1.0
    """e: with 1 the penalty is that of a loss which every pair adds to; with 0 it is the same for all."""
    factors: int = 64
    rounds: int = 6
    """Each solves for all users and then for all items."""
    seed: int = 0
    """Of the items' first factors."""

    @classmethod
    def starts(cls) -> Sequence[Self]:
        """From little penalty to much, as few ratings need."""
        return [cls(), cls(0.3, 0.003), cls(0.3, 0.01)]

    def near(self) -> Sequence[Self]:
        """More and less penalty; and another weight, at the same product of both, along which the loss hardly moves."""
        weight, l2 = self.unobserved_weight, self.l2
        ahead = [(weight, l2 * 1.5), (weight, l2 / 1.5), (weight * 2, l2 / 2), (weight / 2, l2 * 2)]
        return [replace(self, unobserved_weight=rounded(w), l2=rounded(penalty)) for w, penalty in ahead]

    def fit(self, ratings: Ratings) -> LinearScores:
        """Alternate."""
        pairs, catalogue = ratings.positives, ratings.catalogue
        users = Side.of(pairs.users, pairs.items, (catalogue.users, catalogue.items))
        items = Side.of(pairs.items, pairs.users, (catalogue.items, catalogue.users))
        user_ridge, item_ridge = self._ridge(pairs.users, users), self._ridge(pairs.items, items)
        random = np.random.default_rng(self.seed)
        item_factors = random.normal(0, 0.1 / np.sqrt(self.factors), (catalogue.items, self.factors)).astype(np.float32)
        for _ in range(self.rounds):
            user_factors = self._solved(users, item_factors, user_ridge)
            item_factors = self._solved(items, user_factors, item_ridge)
        spare = ((0, 1), (0, 0))
        settings = {name: getattr(self, name) for name in ("unobserved_weight", "l2", "exponent")}
        return LinearScores(np.pad(user_factors, spare), np.pad(item_factors, spare).T, solved=settings)

    def _ridge(self, rows: npt.NDArray[Any], side: Side) -> Floats:
        """The penalty of each row of a side, (rows,)."""
        counts = np.bincount(rows, minlength=side.rows)
        return np.asarray(self.l2 * (counts + self.unobserved_weight * side.columns) ** self.exponent)

    def _solved(self, side: Side, factors: Floats, ridge: Floats) -> Floats:
        """The side's factors (rows, D), given the other side's."""
        prior = Prior(self.unobserved_weight * (factors.T @ factors), ridge=ridge)
        solved: Floats = solve_rows(side, factors, 1.0, np.ones(side.entries), prior)
        return solved.astype(np.float32)
