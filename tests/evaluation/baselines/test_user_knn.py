"""Tests of user-based neighbours against scikit-learn, and of shrinkage and weights against plain loops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from evaluation_samples import make_ratings
from sklearn.neighbors import NearestNeighbors

from recsys.evaluation.baselines.user_knn import UserKNN
from recsys.serving.scorer_files import load_scorer, save_scorer

USERS, ITEMS = 12, 400  # with this seed no two similarities are equal
RATINGS = make_ratings(USERS, ITEMS, 2400, seed=3).with_positives_from(3)
OWNED = np.zeros((USERS, ITEMS))
OWNED[RATINGS.positives.users, RATINGS.positives.items] = 1


def scores(**settings: float) -> np.ndarray:
    return UserKNN(**settings).fit(RATINGS).score_all(np.arange(USERS), ITEMS)


@pytest.mark.parametrize("neighbours", [1, 4, USERS])
def test_without_shrinkage_the_neighbours_and_their_cosines_are_scikit_learns(neighbours: int) -> None:
    nearest = NearestNeighbors(n_neighbors=neighbours, metric="cosine", algorithm="brute").fit(OWNED)
    distances, found = nearest.kneighbors(OWNED)
    expected = [(1 - distances[user]) @ OWNED[found[user]] for user in range(USERS)]
    np.testing.assert_allclose(scores(neighbours=neighbours, shrinkage=0), expected, atol=1e-5)


def test_shrinkage_and_the_weights_of_pairs_enter_as_in_the_formula() -> None:
    rated = OWNED.copy()
    low = RATINGS.values < 3
    rated[RATINGS.users[low], RATINGS.items[low]] = 0.5
    expected = np.zeros((USERS, ITEMS))
    for user in range(USERS):
        for other in range(USERS):
            norm = np.sqrt((rated[user] ** 2).sum() * (rated[other] ** 2).sum())
            expected[user] += rated[user] @ rated[other] / (norm + 7) * rated[other]
    np.testing.assert_allclose(scores(neighbours=USERS, shrinkage=7, seen_weight=0.5), expected, rtol=1e-5)


def test_it_is_served_from_files(tmp_path: Path) -> None:
    fitted = UserKNN(neighbours=3).fit(RATINGS)
    save_scorer(fitted, tmp_path)
    histories = UserKNN().histories(RATINGS)
    again = load_scorer(tmp_path).score_histories(histories, ITEMS, np.arange(USERS))
    np.testing.assert_array_equal(again, fitted.score_all(np.arange(USERS), ITEMS))
