"""Tests of rating metrics against scikit-learn, and of their properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from recsys.evaluation.metrics.rating import RATING_METRICS, clip
from recsys.evaluation.metrics.table import METRICS

ORACLES = {
    "rmse": root_mean_squared_error,
    "mae": mean_absolute_error,
    "rounded_mae": lambda truth, predicted: mean_absolute_error(truth, np.round(predicted)),
}
RMSE, MAE = RATING_METRICS["rmse"], RATING_METRICS["mae"]
SCALE = (1.0, 5.0)
predictions = hnp.arrays(np.float64, st.tuples(st.integers(1, 20), st.integers(1, 4)), elements=st.floats(-9, 9))


def truth_for(predicted: np.ndarray) -> np.ndarray:
    return np.random.default_rng(len(predicted)).integers(1, 6, len(predicted)).astype(np.float32)


@pytest.mark.parametrize("metric", RATING_METRICS.values(), ids=RATING_METRICS)
class TestEveryRatingMetric:
    @given(predicted=predictions)
    def test_it_equals_scikit_learns_for_every_member(self, metric, predicted) -> None:
        truth = truth_for(predicted)
        expected = [ORACLES[metric.name](truth, column) for column in predicted.T]
        np.testing.assert_allclose(metric.value(truth, predicted), expected, atol=1e-12)
        assert float(metric.value(truth, predicted[:, 0])) == pytest.approx(expected[0], abs=1e-12)

    @given(predicted=predictions)
    def test_the_order_of_the_ratings_does_not_matter(self, metric, predicted) -> None:
        truth, order = truth_for(predicted), np.random.default_rng(0).permutation(len(predicted))
        np.testing.assert_allclose(
            metric.value(truth[order], predicted[order]), metric.value(truth, predicted), atol=1e-12
        )

    @given(predicted=predictions)
    def test_clipping_to_the_scale_never_makes_it_worse(self, metric, predicted) -> None:
        truth = truth_for(predicted)
        assert (metric.value(truth, clip(predicted, SCALE)) <= metric.value(truth, predicted) + 1e-12).all()

    @given(predicted=predictions)
    def test_it_is_the_mean_of_its_losses_or_its_root(self, metric, predicted) -> None:
        truth = truth_for(predicted)
        means = metric.losses(truth, predicted).mean(axis=0)
        np.testing.assert_array_equal(metric.value(truth, predicted), np.sqrt(means) if metric.root else means)

    def test_a_perfect_prediction_scores_zero(self, metric) -> None:
        assert metric.value(np.arange(1, 6), np.arange(1.0, 6.0)) == 0

    def test_it_is_nan_without_a_rating_and_nobody_warns(self, metric, recwarn) -> None:
        assert np.isnan(metric.value(np.empty(0), np.empty(0)))
        assert np.isnan(metric.value(np.empty(0), np.empty((0, 3)))).tolist() == [True] * 3
        assert not recwarn.list

    def test_a_member_that_diverged_is_nan_and_the_others_are_unharmed(self, metric) -> None:
        values = metric.value(np.array([3.0, 4.0]), np.array([[3.0, np.nan], [4.0, 1.0]]))
        assert values[0] == 0
        assert np.isnan(values[1])


def test_every_rating_metric_has_an_oracle() -> None:
    assert RATING_METRICS.keys() == ORACLES.keys() == {m.name for m in METRICS.values() if m.family == "rating"}


@given(predicted=predictions)
def test_rmse_is_at_least_mae(predicted) -> None:
    truth = truth_for(predicted)
    assert (RMSE.value(truth, predicted) >= MAE.value(truth, predicted) - 1e-12).all()


def test_a_half_is_rounded_to_the_even_rating() -> None:
    assert RATING_METRICS["rounded_mae"].value(np.array([2.0, 4.0]), np.array([2.5, 3.5])) == 0


def test_single_precision_predictions_are_measured_in_double_precision() -> None:
    predicted = np.full(10**6, 0.1, np.float32)
    assert MAE.value(np.zeros(10**6, np.float32), predicted) == pytest.approx(float(np.float32(0.1)), rel=1e-12)
