"""Tests of conjugate draws against SciPy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse
import scipy.stats

from recsys.posterior.hyperpriors import Gamma, NormalWishart, gaussians, wishart
from recsys.posterior.regression import Regression


def assert_moments(draws: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> None:
    """Within five standard errors of Gaussian draws, shape (n, D)."""
    n, deviations = len(draws), np.sqrt(np.diag(covariance))
    assert np.all(np.abs(draws.mean(axis=0) - mean) < 5 * deviations / np.sqrt(n))
    assert np.all(np.abs(np.cov(draws.T) - covariance) < 5 * np.outer(deviations, deviations) * np.sqrt(2 / n))


class TestAWishartDraw:
    def test_is_distributed_like_scipys(self):
        inverse = np.array([[2.0, 0.5], [0.5, 1.0]])
        rng = np.random.default_rng(0)
        ours = np.array([wishart(rng, 4.5, inverse) for _ in range(4000)])
        theirs = scipy.stats.wishart(4.5, np.linalg.inv(inverse)).rvs(4000, random_state=1)
        for number in (np.trace, np.linalg.det, lambda matrix: matrix[0, 1]):
            test = scipy.stats.ks_2samp([number(matrix) for matrix in ours], [number(matrix) for matrix in theirs])
            assert test.pvalue > 1e-3


class TestGaussians:
    def test_have_the_covariance_that_their_precision_says(self):
        precision = np.array([[2.0, 0.5, 0.0], [0.5, 1.0, -0.3], [0.0, -0.3, 4.0]])
        draws = gaussians(np.random.default_rng(0), 20_000, precision)
        assert_moments(draws, np.zeros(3), np.linalg.inv(precision))


class TestGamma:
    def test_given_nothing_is_the_prior(self):
        rng = np.random.default_rng(0)
        draws = [Gamma(3, 2).draw(rng) for _ in range(4000)]
        assert scipy.stats.kstest(draws, scipy.stats.gamma(3, scale=1 / 2).cdf).pvalue > 1e-3

    def test_given_many_numbers_is_near_the_inverse_of_their_variance(self):
        numbers = 2 * np.random.default_rng(0).standard_normal(100_000)
        draw = Gamma().draw(np.random.default_rng(1), len(numbers), float(numbers @ numbers))
        assert draw == pytest.approx(1 / 4, rel=0.02)


class TestNormalWishart:
    def test_given_many_rows_is_near_their_mean_and_precision(self):
        precision = np.array([[2.0, 0.5], [0.5, 1.0]])
        rows = np.array([1.0, -2.0]) + gaussians(np.random.default_rng(0), 100_000, precision)
        mean, drawn = NormalWishart().draw(np.random.default_rng(1), rows)
        np.testing.assert_allclose(mean, [1.0, -2.0], atol=0.02)
        np.testing.assert_allclose(drawn, precision, atol=0.05)

    def test_has_the_posterior_mean_of_the_textbook(self):
        prior, rows = NormalWishart(strength=3, freedom=4, scale=0.5), np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 1.0]])
        rng = np.random.default_rng(0)
        draws = [prior.draw(rng, rows) for _ in range(5000)]
        centre = rows.mean(axis=0)
        scatter = (rows - centre).T @ (rows - centre)
        inverse = np.eye(2) / 0.5 + scatter + 3 * 3 / 6 * np.outer(centre, centre)  # Murphy (2007), equation 224
        np.testing.assert_allclose(np.mean([mean for mean, _ in draws], axis=0), rows.sum(axis=0) / 6, atol=0.02)
        expected = (2 + 4 + 3) * np.linalg.inv(inverse)
        np.testing.assert_allclose(np.mean([precision for _, precision in draws], axis=0), expected, rtol=0.05)


class TestTheCoefficientsOfFeatures:
    @pytest.mark.parametrize("shape", [(6, 3), (3, 6)], ids=["more rows", "more features"])
    def test_are_drawn_from_the_posterior_of_bayesian_linear_regression(self, shape):
        rng = np.random.default_rng(0)
        features, rows, ridge = rng.normal(size=shape), rng.normal(size=(shape[0], 2)), 0.7
        precision = np.array([[2.0, 0.5], [0.5, 1.0]])
        regression = Regression(scipy.sparse.csr_matrix(features))
        draws = np.array([regression.draw(rng, rows, precision, ridge).ravel() for _ in range(5000)])
        inverse = np.linalg.inv(features.T @ features + ridge * np.eye(shape[1]))
        assert_moments(draws, (inverse @ features.T @ rows).ravel(), np.kron(inverse, np.linalg.inv(precision)))
