"""Tests of rating baselines against the exact ridge solution, and outside the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.biases import Biases
from recsys.evaluation.baselines.global_mean import GlobalMean
from recsys.evaluation.metrics.rating import RATING_METRICS

USERS, ITEMS = 8, 6


def small() -> Ratings:
    return make_ratings(USERS, ITEMS, 30)


def biases_of(fitted: Biases, ratings: Ratings) -> tuple[np.ndarray, np.ndarray]:
    """What users (U,) and items (I,) are predicted above the mean where the other side is unknown."""
    scores = fitted.fit(ratings)
    users = scores.predict(np.arange(USERS), np.full(USERS, ITEMS))
    items = scores.predict(np.full(ITEMS, USERS), np.arange(ITEMS))
    return users - ratings.mean, items - ratings.mean


def test_the_global_mean_predicts_the_mean_for_everything_even_the_spare_row() -> None:
    ratings = small()
    predicted = GlobalMean().fit(ratings).predict(np.array([0, USERS]), np.array([ITEMS, 0]))
    assert predicted == pytest.approx([ratings.values.mean()] * 2)


def test_many_rounds_reach_the_exact_solution_of_the_damped_least_squares() -> None:
    ratings = small()
    columns = np.zeros((30, USERS + ITEMS))
    columns[np.arange(30), ratings.users] = columns[np.arange(30), USERS + ratings.items] = 1
    damping = np.diag([3.0] * USERS + [2.0] * ITEMS)
    exact = np.linalg.solve(columns.T @ columns + damping, columns.T @ (ratings.values - ratings.mean))
    users, items = biases_of(Biases(user_damping=3, item_damping=2, rounds=300), ratings)
    np.testing.assert_allclose(users, exact[:USERS], atol=1e-6)
    np.testing.assert_allclose(items, exact[USERS:], atol=1e-6)


def test_one_round_gives_the_damped_means_of_the_paper() -> None:
    ratings = small()
    users, items = biases_of(Biases(user_damping=10, item_damping=25, rounds=1), ratings)
    rows = ratings.items == 2
    item_bias = (ratings.values[rows] - ratings.mean).sum() / (25 + rows.sum())
    assert items[2] == pytest.approx(item_bias, abs=1e-6)
    rows = ratings.users == 3
    left = ratings.values[rows] - ratings.mean - items[ratings.items[rows]]
    assert users[3] == pytest.approx(left.sum() / (10 + rows.sum()), abs=1e-6)


def test_unknown_and_unrated_users_and_items_have_no_bias() -> None:
    rated = small().take(small().items != 4)
    predicted = Biases().fit(rated).predict(np.array([USERS, USERS]), np.array([ITEMS, 4]))
    assert predicted == pytest.approx([rated.mean, rated.mean])


def test_undamped_biases_fit_whoever_was_rated_and_leave_the_rest_at_0() -> None:
    users, items = biases_of(Biases(user_damping=0, item_damping=0), small().take(small().items != 4))
    assert items[4] == 0
    assert np.isfinite(users).all()


def test_biases_fit_better_than_the_mean() -> None:
    ratings = make_ratings(30, 20, 300)
    mean, biases = (
        RATING_METRICS["rmse"].value(ratings.values, kind.fit(ratings).predict(ratings.users, ratings.items))
        for kind in (GlobalMean(), Biases())
    )
    assert biases < mean
