"""Tests of chains: they are reproducible from a seed, also after a resumption, and improve on the initial state."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recsys.data.ratings import Ratings
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.posterior.chain import Chain, ChainKernel
from recsys.posterior.features import implicit_features, time_features
from recsys.posterior.hyperpriors import Hyperpriors
from recsys.posterior.moments import Moments
from recsys.posterior.regression import Regression
from recsys.posterior.sampler import GibbsSampler
from recsys.posterior.state import ChainState


@pytest.fixture(scope="module")
def table() -> Ratings:
    """6,000 ratings of rank 3 with noise of deviation 0.25."""
    return synthetic_ratings(SyntheticSettings(users=120, items=80, ratings=6000, rank=3, noise=0.25, seed=1))


def chain(table: Ratings, number: int = 0, *, implicit: bool = False) -> Chain:
    shape = table.catalogue.users, table.catalogue.items
    features = {}
    if implicit:
        features["user_features"] = [Regression(implicit_features(table.users, table.items, shape))]
        features["item_features"] = [Regression(implicit_features(table.items, table.users, shape[::-1]))]
    sampler = GibbsSampler(table.users, table.items, shape, **features)
    return Chain(ChainKernel(sampler, table.values - table.mean), size=3, seed=7, number=number)


def same(first: ChainState, second: ChainState) -> bool:
    return first.noise == second.noise and all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for a, b in ((first.users, second.users), (first.items, second.items))
        for name in ("values", "mean", "precision")
    )


class TestAChain:
    @pytest.mark.parametrize("implicit", [False, True], ids=["ids only", "with features"])
    def test_taken_up_at_any_round_goes_on_to_the_same_states(self, table, implicit):
        whole, again = chain(table, implicit=implicit), chain(table, implicit=implicit)
        states = [whole.advance() for _ in range(6)]
        again.resume_at(states[3], 4)
        assert same(again.advance(), states[4])
        assert same(again.advance(), states[5])

    def test_of_another_number_is_another(self, table):
        assert not same(chain(table, 0).advance(), chain(table, 1).advance())

    def test_finds_the_noise_and_predicts_what_it_has_not_seen(self, table):
        seen = np.random.default_rng(0).random(len(table)) < 0.8
        train, hidden = table.take(seen), table.take(~seen)
        draws, moments, noises = chain(train), Moments(len(hidden)), []
        for _ in range(150):
            state = draws.advance()
            if draws.rounds > 50:
                moments.add(train.mean + state.predict(hidden.users, hidden.items))
                noises.append(state.noise)
        error = float(np.sqrt(np.mean((moments.mean - hidden.values) ** 2)))
        noise = np.sqrt(0.25**2 + 1 / 12)  # what was drawn, and what rounding to whole stars has added
        assert np.mean(noises) ** -0.5 == pytest.approx(noise, rel=0.05)
        assert error < 1.15 * noise
        deviations = np.sqrt(moments.variance + np.mean(1 / np.array(noises)))
        within = np.abs(hidden.values - moments.mean) <= 1.645 * deviations
        assert 0.87 <= within.mean() <= 0.93


class TestImplicitFeatures:
    def test_are_rows_of_length_one_over_what_was_rated(self):
        features = implicit_features(np.array([0, 0, 2]), np.array([1, 3, 1]), (3, 4)).toarray()
        half = 0.5**0.5
        np.testing.assert_allclose(features, [[0, half, 0, half], [0, 0, 0, 0], [0, 1, 0, 0]])

    def test_are_of_the_most_rated_where_there_are_too_many(self, monkeypatch):
        monkeypatch.setattr("recsys.posterior.features.LIMIT", 1)
        features = implicit_features(np.array([0, 0, 2]), np.array([1, 3, 1]), (3, 4)).toarray()
        np.testing.assert_allclose(features, [[1], [0], [1]])

    def test_help_where_what_is_rated_tells_of_taste(self):
        """Half of the users give a star less than the others: those who have rated item 0; the others have item 1."""
        rng = np.random.default_rng(0)
        users = np.repeat(np.arange(300), 5)
        harsh = users < 150
        marker = np.arange(len(users)) % 5 == 0
        items = np.where(marker, np.where(harsh, 0, 1), rng.integers(2, 40, len(users)))
        expected = np.where(harsh, -0.5, 0.5)
        values = (np.where(marker, 0, expected) + rng.standard_normal(len(users))).astype(np.float32)
        hidden = np.arange(len(users)) % 5 > 2
        shown = users[~hidden], items[~hidden]

        def error(*features: Regression) -> float:
            draws = Chain(
                ChainKernel(GibbsSampler(*shown, (300, 40), Hyperpriors(), features), values[~hidden]), 2, seed=0
            )
            moments = Moments(int(hidden.sum()))
            for _ in range(100):
                moments.add(draws.advance().predict(users[hidden], items[hidden]))
            return float(np.sqrt(np.mean((moments.mean - expected[hidden]) ** 2)))

        assert error(Regression(implicit_features(*shown, (300, 40)))) < 0.75 * error()


class TestTimeFeatures:
    def test_are_rows_of_length_one_over_the_periods_in_which_was_rated(self, monkeypatch):
        monkeypatch.setattr("recsys.posterior.features.PERIODS", 2)
        users, times = np.array([0, 0, 0, 2, 2, 2]), np.array([10, 20, 90, 30, 80, 70])
        features = time_features(users, times, 3).toarray()
        np.testing.assert_allclose(features, np.array([[2, 1], [0, 0], [1, 2]]) / 5**0.5)

    def test_of_ratings_of_one_moment_tell_them_not_apart(self):
        features = time_features(np.array([0, 1]), np.array([7, 7]), 2).toarray()
        np.testing.assert_allclose(features[0], features[1])

    def test_help_where_tastes_change_with_the_years(self):
        """Items that are rated late are liked, others are not; of each there is one rating."""
        rng = np.random.default_rng(0)
        items, users = np.arange(400), rng.integers(0, 20, 400)
        times = rng.permutation(400)
        expected = np.where(times < 200, -0.5, 0.5)
        values = (expected + 0.5 * rng.standard_normal(400)).astype(np.float32)

        def error(*features: Regression) -> float:
            sampler = GibbsSampler(users, items, (20, 400), item_features=features)
            draws, moments = Chain(ChainKernel(sampler, values), 2, seed=0), Moments(400)
            for _ in range(100):
                moments.add(draws.advance().predict(users, items))
            return float(np.sqrt(np.mean((moments.mean - expected) ** 2)))

        assert error(Regression(time_features(items, times, 400))) < 0.75 * error()


class TestMoments:
    @given(arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(1, 4)), elements=st.floats(-5, 5)))
    def test_are_numpys(self, draws):
        moments = Moments(draws.shape[1])
        for draw in draws:
            moments.add(draw)
        np.testing.assert_allclose(moments.mean, draws.mean(axis=0), atol=1e-12)
        np.testing.assert_allclose(moments.variance, draws.var(axis=0, ddof=1), atol=1e-12)

    def test_know_no_variance_of_one_draw(self):
        moments = Moments(2)
        moments.add(np.ones(2))
        assert np.isnan(moments.variance).all()
