"""Blocked Gibbs sampling of Bayesian matrix factorisation (Salakhutdinov and Mnih 2008), biases among the factors.

    y = p_u · q_i + b_u + b_i + e           e ~ N(0, noise⁻¹), noise ~ Gamma
    (p_u, b_u) ~ N(μ_U + Σ_t β_tᵀ f_tu, Λ_U⁻¹)  (μ_U, Λ_U) ~ Normal-Wishart, β_t as in `regression`
    (q_i, b_i) likewise                     y is the rating minus the mean of all ratings

A round samples the users' prior, all users given all items, the items' prior, all items given all users, and the
noise. A user's factors and bias are one block, as are an item's. For ordinal stars, y is the latent variable, which is
sampled first in a round and has noise 1; see `ordinal`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.algebra.threads import one_thread
from recsys.arrays import AnyArray, IntArray
from recsys.posterior.block import Block
from recsys.posterior.hyperpriors import Hyperpriors
from recsys.posterior.ordinal import OrderedProbit
from recsys.posterior.regression import Regression
from recsys.posterior.state import ChainState

DEFAULTS = Hyperpriors()


class GibbsSampler:
    """Samples chain states.

    Args:
        users: The user code of each rating, shape (N,).
        items: The item code of each rating, shape (N,).
        shape: The numbers of users and items.
        hyperpriors: The hyperpriors.
        user_features: The regressions on the tables of the users' features.
        item_features: The regressions on the tables of the items' features.
        ordinal: The ordered probit of ordinal stars; None for ratings as numbers.
    """

    def __init__(
        self,
        users: IntArray,
        items: IntArray,
        shape: tuple[int, int],
        hyperpriors: Hyperpriors = DEFAULTS,
        user_features: Sequence[Regression] = (),
        item_features: Sequence[Regression] = (),
        ordinal: OrderedProbit | None = None,
    ) -> None:
        self._codes = users, items
        self._hyperpriors, self._ordinal = hyperpriors, ordinal
        self._users = Block(users, items, shape, hyperpriors, user_features)
        self._items = Block(items, users, shape[::-1], hyperpriors, item_features)

    def start(self, size: int, rng: np.random.Generator) -> ChainState:
        """The initial state of a chain of `size` factors: small random factors, zero biases, noise 1."""
        cuts = None if self._ordinal is None else self._ordinal.start
        return ChainState(self._users.start(size, rng), self._items.start(size, rng), 1.0, cuts=cuts)

    def step(self, state: ChainState, values: AnyArray, rng: np.random.Generator) -> ChainState:
        """Run one round and return the next state.

        Args:
            state: The current state.
            values: y, or for ordinal stars the index of each rating's star, shape (N,).
            rng: The source of randomness of this round.
        """
        targets, cuts = values, state.cuts
        if self._ordinal is not None and cuts is not None:
            means = state.predict(*self._codes).astype(np.float64)
            cuts, behind = self._ordinal.draw(cuts, means, values, rng)
            targets = behind.astype(np.float32)
        with one_thread():
            users = self._users.draw(state.users, state.items, targets, state.noise, rng)
            items = self._items.draw(state.items, users, targets, state.noise, rng)
        predicted = ChainState(users, items, state.noise).predict(*self._codes)
        if self._ordinal is not None and cuts is not None:
            errors = self._ordinal.levels[values] - self._ordinal.expected(predicted, cuts)
            return ChainState(users, items, state.noise, float(np.mean(errors**2)), cuts)
        squares = float(np.sum((values - predicted) ** 2, dtype=np.float64))
        noise = self._hyperpriors.noise.draw(rng, len(values), squares)
        return ChainState(users, items, noise, squares / len(values))
