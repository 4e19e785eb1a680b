"""The baselines against the exact ridge solution, and outside the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.evaluation.baselines import Biases, GlobalMean, Popularity
from recsys.evaluation.rating_metrics import rmse


def test_the_global_mean_predicts_the_mean_for_everything_even_the_spare_row() -> None:
    ratings = make_ratings(8, 6, 30)
    predicted = GlobalMean().fit(ratings).predict(np.array([0, 8]), np.array([6, 0]))
    assert predicted == pytest.approx([ratings.values.mean()] * 2)


def test_popularity_ranks_by_training_ratings_the_same_for_everyone() -> None:
    ratings = make_ratings(8, 6, 30)
    predicted = Popularity().fit(ratings).predict(np.array([0, 7, 8]), np.array([2, 2, 6]))
    assert predicted.tolist() == [(ratings.items == 2).sum(), (ratings.items == 2).sum(), 0]


def test_many_rounds_reach_the_exact_solution_of_the_damped_least_squares() -> None:
    ratings = make_ratings(8, 6, 30)
    columns = np.zeros((30, 14))
    columns[np.arange(30), ratings.users] = columns[np.arange(30), 8 + ratings.items] = 1
    damping = np.diag([3.0] * 8 + [2.0] * 6)
    exact = np.linalg.solve(columns.T @ columns + damping, columns.T @ (ratings.values - ratings.mean))
    fitted = Biases(user_damping=3, item_damping=2, rounds=300).fit(ratings)
    np.testing.assert_allclose(fitted.user_biases[:8], exact[:8], atol=1e-6)
    np.testing.assert_allclose(fitted.item_biases[:6], exact[8:], atol=1e-6)


def test_one_round_gives_the_damped_means_of_the_paper() -> None:
    ratings = make_ratings(8, 6, 30)
    fitted = Biases(user_damping=10, item_damping=25, rounds=1).fit(ratings)
    rows = ratings.items == 2
    item_bias = (ratings.values[rows] - ratings.mean).sum() / (25 + rows.sum())
    assert fitted.item_biases[2] == pytest.approx(item_bias, abs=1e-6)
    rows = ratings.users == 3
    left = ratings.values[rows] - ratings.mean - fitted.item_biases[ratings.items[rows]]
    assert fitted.user_biases[3] == pytest.approx(left.sum() / (10 + rows.sum()), abs=1e-6)


def test_unknown_and_unrated_users_and_items_have_no_bias() -> None:
    ratings = make_ratings(8, 6, 30)
    rated = ratings.take(ratings.items != 4)
    fitted = Biases().fit(rated)
    predicted = fitted.predict(np.array([8, 8, 1]), np.array([6, 4, 6]))
    assert predicted == pytest.approx([fitted.mean, fitted.mean, fitted.mean + fitted.user_biases[1]])


def test_undamped_biases_fit_whoever_was_rated_and_leave_the_rest_at_0() -> None:
    ratings = make_ratings(8, 6, 30)
    fitted = Biases(user_damping=0, item_damping=0).fit(ratings.take(ratings.items != 4))
    assert fitted.item_biases[4] == 0
    assert np.isfinite(fitted.user_biases).all()


def test_biases_fit_better_than_the_mean() -> None:
    ratings = make_ratings(30, 20, 300)
    of = {
        kind: rmse(ratings.values, kind().fit(ratings).predict(ratings.users, ratings.items))
        for kind in (GlobalMean, Biases)
    }
    assert of[Biases] < of[GlobalMean]
