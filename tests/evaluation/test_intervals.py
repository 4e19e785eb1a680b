"""Tests of interval coverage: nominal for correct distributions and any star levels, and equal to plain counting."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import norm

from recsys.data.ratings import Ratings
from recsys.evaluation.intervals import CURVE_LEVELS, Reliability, covered_share, reliability_of
from recsys.models.layers import MemberDraws

STARS = np.arange(1.0, 6.0)


def reliability(truth: np.ndarray, means: np.ndarray, deviation: float) -> Reliability:
    """Of normal distributions, rounded to stars and kept on the scale."""
    edges = np.concatenate([[-np.inf], STARS[:-1] + 0.5, [np.inf]])
    cell = truth.astype(int) - 1
    lower, upper = (norm.cdf((edges[cell + up] - means) / deviation) for up in (0, 1))
    return Reliability(lower, upper, np.arange(len(truth)) % 500)


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Ratings in stars and the means that they were drawn around, with deviation 0.8."""
    rng = np.random.default_rng(0)
    means = rng.uniform(1, 5, 40_000)
    return np.clip(np.rint(means + 0.8 * rng.standard_normal(len(means))), 1, 5), means


class TestCoverage:
    def test_of_the_right_distribution_is_nominal_at_every_level(self, drawn) -> None:
        for nominal, observed in reliability(*drawn, 0.8).curve:
            assert observed == pytest.approx(nominal, abs=0.01)

    @pytest.mark.parametrize(("deviation", "more"), [(0.5, False), (1.2, True)])
    def test_of_one_that_is_too_sure_is_less_and_of_one_that_is_not_sure_enough_more(self, drawn, deviation, more):
        finished = reliability(*drawn, deviation)
        assert (finished.observed(0.9) > 0.93) if more else (finished.observed(0.9) < 0.8)
        low, high = finished.interval
        assert low < finished.observed() < high

    def test_of_ratings_that_are_no_stars_is_a_plain_count(self):
        chances = np.random.default_rng(1).uniform(size=1000)
        finished = Reliability(chances, chances, np.arange(1000))
        for level in CURVE_LEVELS:
            assert finished.observed(level) == np.mean(np.abs(chances - 0.5) <= level / 2)

    def test_is_the_same_in_a_graph(self, drawn):
        finished = reliability(*drawn, 0.8)
        lower, upper = (tf.constant(each[:100], tf.float32) for each in (finished.lower, finished.upper))
        expected = covered_share(finished.lower[:100], finished.upper[:100], 0.9, np)
        np.testing.assert_allclose(covered_share(lower, upper, 0.9, tf), expected, atol=1e-4)

    def test_is_unknown_of_a_predictor_without_distributions(self, ratings: Ratings) -> None:
        assert reliability_of(object(), ratings) is None


class TestCells:
    @pytest.mark.parametrize("levels", [(1.0, 2.0, 5.0), ()], ids=["stars", "numbers"])
    def test_are_all_that_would_be_rounded_to_a_value(self, levels):
        layer = MemberDraws([3], levels)
        layer.table.assign([[0.5, 0.4], [0.5, 0.9], [0, 0]])
        predicted = np.array([[1.5, 2.5, 0], [4.0, 3.0, 0], [2.0, 2.0, 0]], np.float32)
        values = np.array([1.0, 2.0, 5.0], np.float32)
        lower, upper = layer.cells(tf.constant(predicted), tf.constant(values))
        edges = np.array([[-np.inf, 1.5], [1.5, 3.5], [3.5, np.inf]]) if levels else np.stack([values] * 2, axis=1)
        deviations = np.sqrt([0.4, 0.9])
        for ends, given in zip(edges.T, (lower, upper), strict=True):
            expected = norm.cdf((ends[:, None] - predicted[:, :2]) / deviations).mean(axis=1)
            np.testing.assert_allclose(given, expected, atol=1e-6)
