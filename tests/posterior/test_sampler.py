"""Tests that the sampler is correct: it preserves the joint distribution, and matches closed forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import scipy.sparse
import scipy.stats

from recsys.posterior.block import Block
from recsys.posterior.hyperpriors import Gamma, Hyperpriors, NormalWishart, gaussians
from recsys.posterior.regression import Regression
from recsys.posterior.sampler import GibbsSampler
from recsys.posterior.state import ChainState, SideState

SHAPE, SIZE = (5, 4), 2
USERS = np.array([0, 0, 1, 1, 2, 3, 3, 3])
ITEMS = np.array([0, 1, 0, 2, 2, 0, 1, 3])
HYPERPRIORS = Hyperpriors(NormalWishart(strength=2, freedom=6, scale=0.2), Gamma(4, 4), Gamma(5, 5))
"""Surer than the default ones, so that the joint distribution has moments, and light tails."""


def features(rows: int, count: int, seed: int) -> Regression:
    return Regression(scipy.sparse.csr_matrix(np.random.default_rng(seed).normal(size=(rows, count))))


def rows_from_prior(rng: np.random.Generator, count: int, regressions: Sequence[Regression]) -> SideState:
    mean, precision = HYPERPRIORS.rows.draw(rng, np.zeros((0, SIZE + 1)))
    values = mean + gaussians(rng, count, precision)
    ridges = tuple(HYPERPRIORS.ridge.draw(rng) for _ in regressions)
    coefficients = tuple(
        gaussians(rng, table.count, ridge * precision) for table, ridge in zip(regressions, ridges, strict=True)
    )
    offsets = [table.offsets(own) for table, own in zip(regressions, coefficients, strict=True)]
    return SideState(values + sum(offsets), mean, precision, coefficients, ridges)


class TestGewekesJointDistributionTest:
    """From a state drawn from the prior and ratings drawn given it, a round leads to a state drawn from the prior.

    Geweke (2004), "Getting it right", in the form of independent replicates (Gandy and Scott 2020).
    """

    @pytest.mark.parametrize("with_features", [False, True], ids=["ids only", "with features"])
    def test_finds_no_difference_in_any_quantity(self, with_features):
        two = [features(SHAPE[0], 7, 0), features(SHAPE[0], 1, 2)], [features(SHAPE[1], 2, 1)]
        regressions = two if with_features else ([], [])
        sampler = GibbsSampler(USERS, ITEMS, SHAPE, HYPERPRIORS, *regressions)
        rng = np.random.default_rng(0)

        def prior() -> ChainState:
            users, items = (rows_from_prior(rng, n, r) for n, r in zip(SHAPE, regressions, strict=True))
            return ChainState(users, items, HYPERPRIORS.noise.draw(rng))

        def after_rounds() -> ChainState:
            state = prior()
            values = state.predict(USERS, ITEMS) + rng.standard_normal(len(USERS)) / np.sqrt(state.noise)
            for _ in range(2):
                state = sampler.step(state, values, rng)
            return state

        forward = np.array([quantities(prior()) for _ in range(1500)]).T
        around = np.array([quantities(after_rounds()) for _ in range(1500)]).T
        pvalues = [scipy.stats.ks_2samp(*pair).pvalue for pair in zip(forward, around, strict=True)]
        assert min(pvalues) > 0.01 / len(pvalues)


def quantities(state: ChainState) -> list[float]:
    """Numbers that would move if any part of a round were wrong; of the factors, only such as know no sign."""
    numbers = [state.noise, *state.predict(USERS[:2], ITEMS[:2]), float(np.sum(state.predict(USERS, ITEMS) ** 2))]
    for rows in (state.users, state.items):
        away = rows.values - rows.mean
        numbers += [*rows.values[0, -1:], float(np.sum(away**2)), float(rows.values[-1] @ rows.values[-1])]
        numbers += [rows.mean[-1], float(rows.mean @ rows.mean), float(np.trace(rows.precision)), rows.precision[0, -1]]
        numbers += [float(np.linalg.slogdet(rows.precision)[1])]
        for ridge, coefficients in zip(rows.ridges, rows.coefficients, strict=True):
            numbers += [ridge, float(np.sum(coefficients**2)), coefficients[0, -1]]
    return numbers


class TestWithFixedItems:
    def test_users_are_drawn_from_the_posterior_of_bayesian_linear_regression(self):
        sure = 1e9  # so that the users' prior is N(0, I)
        block = Block(USERS, ITEMS, SHAPE, Hyperpriors(NormalWishart(sure, int(sure), 1 / sure)), ())
        rng = np.random.default_rng(0)
        items = SideState(rng.normal(size=(SHAPE[1], SIZE + 1)), np.zeros(SIZE + 1), np.eye(SIZE + 1))
        values, noise = rng.normal(size=len(USERS)), 2.5
        rows = SideState(np.zeros((SHAPE[0], SIZE + 1)), np.zeros(SIZE + 1), np.eye(SIZE + 1))
        draws = np.array([block.draw(rows, items, values, noise, rng).values for _ in range(2000)])
        for user in range(SHAPE[0]):
            mine = user == USERS
            design = np.column_stack([items.values[ITEMS[mine], :-1], np.ones(mine.sum())])
            covariance = np.linalg.inv(np.eye(SIZE + 1) + noise * design.T @ design)
            mean = covariance @ design.T @ (values[mine] - items.values[ITEMS[mine], -1]) * noise
            deviations = np.sqrt(np.diag(covariance))
            assert np.all(np.abs(draws[:, user].mean(axis=0) - mean) < 5 * deviations / np.sqrt(len(draws)))
            error = 5 * np.outer(deviations, deviations) * np.sqrt(2 / len(draws))
            assert np.all(np.abs(np.cov(draws[:, user].T) - covariance) < error)


class TestAState:
    def test_predicts_dot_products_and_biases_and_the_priors_mean_for_spare_codes(self):
        rng = np.random.default_rng(0)
        users, items = (rows_from_prior(rng, n, ()) for n in SHAPE)
        tables = [np.vstack([rows.values, rows.mean]) for rows in (users, items)]
        codes = np.array([0, 3, SHAPE[0]]), np.array([1, SHAPE[1], 0])
        left, right = (table[code] for table, code in zip(tables, codes, strict=True))
        expected = np.sum(left[:, :-1] * right[:, :-1], axis=1) + left[:, -1] + right[:, -1]
        np.testing.assert_allclose(ChainState(users, items, 1.0).predict(*codes), expected, rtol=1e-5)
