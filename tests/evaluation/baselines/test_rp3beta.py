"""Tests of RP3β against the random walk of its paper, on dense matrices."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.evaluation.baselines.rp3beta import RP3Beta

USERS, ITEMS = 40, 25
RATINGS = make_ratings(USERS, ITEMS, 300, seed=1).with_positives_from(3)
OWNED = np.zeros((USERS, ITEMS))
OWNED[RATINGS.positives.users, RATINGS.positives.items] = 1


@pytest.mark.parametrize(("alpha", "beta"), [(1.0, 0.0), (1.0, 0.7), (0.6, 0.3), (0.0, 1.0)])
def test_scores_are_the_probabilities_of_three_steps_but_for_a_factor_of_each_user(alpha: float, beta: float) -> None:
    of_users, of_items = OWNED.sum(axis=1, keepdims=True), OWNED.sum(axis=0)
    to_items = np.where(OWNED > 0, (OWNED / np.maximum(of_users, 1)) ** alpha, 0)
    to_users = np.where(OWNED > 0, (OWNED / np.maximum(of_items, 1)) ** alpha, 0).T
    walk = to_items @ to_users @ to_items / np.maximum(of_items, 1) ** beta
    scores = RP3Beta(alpha, beta).fit(RATINGS).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, walk * np.maximum(of_users, 1) ** alpha, rtol=1e-5, atol=1e-9)


def test_the_weights_of_pairs_enter_as_in_the_formula() -> None:
    rated = OWNED.copy()
    low = RATINGS.values < 3
    rated[RATINGS.users[low], RATINGS.items[low]] = 0.4
    expected = np.zeros((USERS, ITEMS))
    for user, other in np.ndindex(USERS, USERS):
        for item in np.flatnonzero(rated[user] * rated[other]):
            step = (rated[other, item] / rated[:, item].sum()) ** 0.8
            last = (rated[other] / rated[other].sum()) ** 0.8 / np.maximum(rated.sum(axis=0), 1e-9) ** 0.5
            expected[user] += rated[user, item] * step * last
    scores = RP3Beta(0.8, 0.5, seen_weight=0.4).fit(RATINGS).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, expected, rtol=1e-5)
