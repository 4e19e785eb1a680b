"""Tests of diagnostics on chains with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from recsys.posterior.diagnostics import effective_sample_size, r_hat


def autoregressive(correlation: float, chains: int = 4, draws: int = 4000) -> np.ndarray:
    """Stationary chains of first-order autocorrelation."""
    steps = np.random.default_rng(0).standard_normal((chains, draws))
    numbers = np.empty_like(steps)
    numbers[:, 0] = steps[:, 0]
    for draw in range(1, draws):
        numbers[:, draw] = correlation * numbers[:, draw - 1] + np.sqrt(1 - correlation**2) * steps[:, draw]
    return numbers


class TestTheEffectiveSampleSize:
    @pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9, -0.3])
    def test_of_an_autoregressive_chain_is_what_its_correlation_says(self, correlation):
        chains = autoregressive(correlation)
        expected = chains.size * (1 - correlation) / (1 + correlation)
        assert effective_sample_size(chains) == pytest.approx(expected, rel=0.15)

    def test_of_chains_in_different_places_is_about_one_a_chain(self):
        chains = autoregressive(0.0) + 100 * np.arange(4)[:, None]
        assert effective_sample_size(chains) < 10

    @pytest.mark.parametrize("chains", [np.zeros((2, 3)), np.ones((2, 50))], ids=["too few draws", "one number"])
    def test_is_unknown_where_there_is_nothing_to_say(self, chains):
        assert np.isnan(effective_sample_size(chains))


class TestRHat:
    def test_of_chains_that_have_mixed_is_near_one(self):
        assert r_hat(autoregressive(0.5)) == pytest.approx(1, abs=0.01)

    def test_tells_chains_of_another_place_of_another_spread_and_a_drift(self):
        chains = autoregressive(0.0)
        assert r_hat(chains + np.arange(4)[:, None]) > 1.1
        assert r_hat(chains * np.array([[1], [1], [1], [5]])) > 1.1
        assert r_hat(chains[:1] + np.linspace(0, 3, chains.shape[1])) > 1.1

    def test_does_not_depend_on_how_the_number_is_scaled(self):
        chains = autoregressive(0.9, draws=200)
        assert r_hat(np.exp(chains)) == pytest.approx(r_hat(3 * chains - 7), abs=0.02)

    def test_is_unknown_of_too_few_draws(self):
        assert np.isnan(r_hat(np.zeros((2, 3))))
