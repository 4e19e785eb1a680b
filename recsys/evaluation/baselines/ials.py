"""Implicit matrix factorisation by alternating least squares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from recsys.algebra.conjugate_gradients import improve_rows
from recsys.algebra.implicit import implicit_prior
from recsys.algebra.normal_equations import NormalEquations
from recsys.algebra.side import Side
from recsys.arrays import FloatArray
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.linear_scores import LinearScores

_SMALLEST = 1e-4
"""A lower bound of the largest factor."""


@dataclass(frozen=True)
class IALS(HistoryBaseline):
    """Implicit alternating least squares (Hu et al. 2008), with the penalty of Rendle et al. 2022.

    It minimises Σ_pairs x_ui (1 - p_u · q_i)² + w Σ_all (p_u · q_i)² + Σ_u ridge_u |p_u|² + Σ_i ridge_i |q_i|², with
    x_ui the weight of a pair (1 for a positive) and w that of unobserved pairs. The penalty grows with a row's weight
    in the loss: ridge_u = l2 (n_u + w I)^e for a user whose pairs weigh n_u, ridge_i = l2 (n_i + w U)^e for an item.
    """

    name = "ials"
    coarse = MappingProxyType({"factors": 32, "rounds": 5})

    unobserved_weight: float = 0.1
    """w, called α₀ by Rendle et al. 2022."""
    l2: float = 0.003
    exponent: float = 1.0
    """e: with 1 the penalty is proportional to a row's weight in the loss; with 0 it is equal for all rows."""
    factors: int = 64
    rounds: int = 10
    """Rounds, each over all users and then all items. Fold-in solves for users exactly in the end."""
    seed: int = 0
    """The seed of the initial item factors."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """From almost no penalty to one at which all lists are those of the popular items."""
        return {
            "unobserved_weight": SearchRange(1e-3, 10, log=True, stricter="high"),
            "l2": SearchRange(1e-4, 1, log=True, stricter="high"),
            "factors": SearchRange(8, 128, log=True, integer=True, stricter="low"),
            **super().axes(ratings),
        }

    def learn(self, ratings: Ratings) -> LinearScores:
        """Alternate between user and item factors; those of the users only serve to find those of the items."""
        pairs = self.pairs(ratings)
        (n_users, n_items), weights = pairs.shape, pairs.weights
        users, items = (
            Side.of(pairs.users, pairs.items, pairs.shape),
            Side.of(pairs.items, pairs.users, pairs.shape[::-1]),
        )
        user_sums, item_sums = (
            np.bincount(codes, weights, minlength=side.rows)
            for codes, side in ((pairs.users, users), (pairs.items, items))
        )
        settings = {name: getattr(self, name) for name in ("unobserved_weight", "l2", "exponent")}
        random = np.random.default_rng(self.seed)
        q = random.normal(0, 0.1 / np.sqrt(self.factors), (n_items, self.factors)).astype(np.float32)
        q[np.bincount(pairs.items, minlength=n_items) == 0] = 0  # conjugate gradients begin where an item has nothing
        p = np.zeros((n_users, self.factors), np.float32)
        for _ in range(self.rounds):
            of_users = NormalEquations(users, q, weights, weights, implicit_prior(q, user_sums, **settings))
            p = improve_rows(of_users, p)
            of_items = NormalEquations(items, p, weights, weights, implicit_prior(p, item_sums, **settings))
            q = _kept_alive(improve_rows(of_items, q))
        nobody = np.zeros((1, self.factors), np.float32)
        return LinearScores(nobody, np.pad(q, ((0, 1), (0, 0))).T, solved=settings, history=pairs.history)


def _kept_alive(factors: FloatArray) -> FloatArray:
    """Factors rescaled if they vanish, which happens if the penalty exceeds what any factor explains.

    A round is then a linear map, whose result goes to 0 in the direction of its first singular vector. That direction
    still ranks, much like popularity, and rescaling keeps it from vanishing in rounding.
    """
    largest = np.abs(factors).max(initial=0)
    return factors * (_SMALLEST / largest) if 0 < largest < _SMALLEST else factors
