"""Blocked Gibbs sampling of Bayesian matrix factorisation (Salakhutdinov and Mnih 2008), biases among the factors.

    y = p_u · q_i + b_u + b_i + e           e ~ N(0, noise⁻¹), noise ~ Gamma
    (p_u, b_u) ~ N(μ_U + βᵀ f_u, Λ_U⁻¹)     (μ_U, Λ_U) ~ Normal-Wishart, β as in `regression`
    (q_i, b_i) likewise                     y is the rating without the mean of all

A round draws, one after the other: the users' prior, all users given all items, the items' prior, all items given all
users, the noise. A user's factors and bias are one block, as are an item's. Where stars are only ordered, y is what
lies behind them, drawn first in a round, and its noise is 1: see `ordinal`.
"""

from __future__ import annotations

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
    """Draws states, given who rated what.

    Args:
        users: The ratings' users, codes, shape (N,).
        items: The ratings' items, codes, shape (N,).
        shape: How many users and items there are.
        hyperpriors: What is assumed.
        user_features: The users' features, if there are any.
        item_features: The items' features, if there are any.
        ordinal: Draws what lies behind stars that are only ordered; None where ratings are numbers.
    """

    def __init__(
        self,
        users: IntArray,
        items: IntArray,
        shape: tuple[int, int],
        hyperpriors: Hyperpriors = DEFAULTS,
        user_features: Regression | None = None,
        item_features: Regression | None = None,
        ordinal: OrderedProbit | None = None,
    ) -> None:
        self._codes = users, items
        self._hyperpriors, self._ordinal = hyperpriors, ordinal
        self._users = Block(users, items, shape, hyperpriors, user_features)
        self._items = Block(items, users, shape[::-1], hyperpriors, item_features)

    def start(self, size: int, rng: np.random.Generator) -> ChainState:
        """Where a chain of D factors starts: small random factors, no biases, noise of variance 1."""
        cuts = None if self._ordinal is None else self._ordinal.start
        return ChainState(self._users.start(size, rng), self._items.start(size, rng), 1.0, cuts=cuts)

    def step(self, state: ChainState, values: AnyArray, rng: np.random.Generator) -> ChainState:
        """One round: the next state of the chain.

        Args:
            state: The last one.
            values: y, or which star each rating is, from 0, where stars are only ordered, shape (N,).
            rng: Where this round's randomness comes from.
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
