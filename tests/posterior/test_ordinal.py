"""Tests of ordinal ratings: the draws are correct, recover known parameters, and mix fast."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from test_sampler import HYPERPRIORS, ITEMS, SHAPE, USERS, quantities, rows_from_prior

from recsys.posterior.chain import Chain, ChainKernel
from recsys.posterior.ordinal import OrderedProbit, expected_rating, truncated_normals
from recsys.posterior.sampler import GibbsSampler
from recsys.posterior.state import ChainState

LEVELS = np.array([1.0, 2.0, 3.0, 5.0])


class TestANormalDistributionCutOff:
    @pytest.mark.parametrize(("low", "high"), [(-np.inf, -0.3), (-0.5, 0.4), (2.0, np.inf), (7.5, 8.0), (-30, -29)])
    def test_is_scipys(self, low, high):
        ends = np.full(4000, low), np.full(4000, high)
        drawn = truncated_normals(*ends, np.random.default_rng(0))
        assert scipy.stats.kstest(drawn, scipy.stats.truncnorm(low, high).cdf).pvalue > 0.001
        assert np.all((drawn >= low) & (drawn <= high))


class TestTheExpectedStar:
    def test_is_the_mean_of_the_stars_by_their_chances(self):
        cuts, means = np.array([-1.0, 0.2, 1.5]), np.array([-0.7, 0.0, 2.2])
        chances = np.diff(
            scipy.stats.norm.cdf(np.pad(cuts, 1, constant_values=np.inf) * [-1, 1, 1, 1, 1] - means[:, None])
        )
        np.testing.assert_allclose(expected_rating(LEVELS, means, cuts), chances @ LEVELS)


@pytest.mark.slow
class TestGewekesJointDistributionTest:
    def test_finds_no_difference_with_stars_that_are_only_ordered(self):
        ordinal = OrderedProbit(LEVELS, np.ones(4), prior=1.0)
        sampler = GibbsSampler(USERS, ITEMS, SHAPE, HYPERPRIORS, ordinal=ordinal)
        rng = np.random.default_rng(0)

        def prior() -> ChainState:
            users, items = (rows_from_prior(rng, n, []) for n in SHAPE)
            return ChainState(users, items, 1.0, cuts=np.sort(rng.standard_normal(3)))

        def after_rounds() -> ChainState:
            state = prior()
            behind = state.predict(USERS, ITEMS) + rng.standard_normal(len(USERS))
            stars = np.searchsorted(state.cuts, behind)
            for _ in range(2):
                state = sampler.step(state, stars, rng)
            return state

        forward, around = (np.array([numbers(draw()) for _ in range(1500)]).T for draw in (prior, after_rounds))
        pvalues = [scipy.stats.ks_2samp(*pair).pvalue for pair in zip(forward, around, strict=True)]
        assert min(pvalues) > 0.01 / len(pvalues)


def numbers(state: ChainState) -> list[float]:
    """All but the noise, which is 1."""
    assert state.cuts is not None
    return [*quantities(state)[1:], *state.cuts, float(state.cuts[1] - state.cuts[0])]


class TestAChain:
    def test_finds_the_cut_points_and_the_chances_of_what_it_has_not_seen(self):
        """Stars of unlike width, drawn from factors and biases: of cut points only the distances can be found."""
        rng, shape, cuts = np.random.default_rng(0), (120, 80), np.array([-1.5, -0.2, 1.8])
        users, items = np.divmod(rng.choice(120 * 80, 6000, replace=False), 80)
        left, right = (rng.normal(0, 0.9, (n, 3)) for n in shape)
        means = np.sum(left[users, :2] * right[items, :2], axis=1) + left[users, 2] + right[items, 2]
        stars = np.searchsorted(cuts, means + rng.standard_normal(len(means)))
        seen = rng.random(len(stars)) < 0.8
        ordinal = OrderedProbit(LEVELS, np.bincount(stars[seen], minlength=4))
        chain = Chain(
            ChainKernel(GibbsSampler(users[seen], items[seen], shape, ordinal=ordinal), stars[seen]), 2, seed=3
        )
        found, chances = [], []
        for _ in range(250):
            state = chain.advance()
            if chain.rounds > 100:
                found.append(np.diff(state.cuts))
                chances.append(scipy.stats.norm.cdf(state.cuts[:, None] - state.predict(users[~seen], items[~seen])))
        np.testing.assert_allclose(np.mean(found, axis=0), np.diff(cuts), rtol=0.1)
        below = np.mean(chances, axis=0)
        for place in range(3):
            for part in np.array_split(np.argsort(below[place]), 4):
                observed, finished = np.mean(stars[~seen][part] <= place), below[place][part].mean()
                assert abs(observed - finished) < 4 * np.sqrt(finished * (1 - finished) / len(part)) + 0.02
