"""Tests of EASE against its definition, solved item by item as a ridge regression."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import make_ratings
from scipy.sparse import csr_array

from recsys.data.ratings import Catalogue, Ratings
from recsys.errors import RecsysError
from recsys.evaluation.baselines.ease import EASE, MOST_ITEMS
from recsys.serving.scorer_files import load_scorer, save_scorer

USERS, ITEMS = 50, 12
RATINGS = make_ratings(USERS, ITEMS, 300).with_positives_from(3)
FEW = RATINGS.take(RATINGS.users < 4)
"""Ratings of fewer people than items, where another matrix is inverted."""


def owned(ratings: Ratings, seen_weight: float) -> np.ndarray:
    dense = np.zeros((USERS, ITEMS))
    dense[ratings.users, ratings.items] = np.where(ratings.values >= 3, 1, seen_weight)
    return dense


@pytest.mark.parametrize("seen_weight", [0.0, 0.4])
@pytest.mark.parametrize("l2", [0.5, 20.0])
@pytest.mark.parametrize("ratings", [RATINGS, FEW], ids=["many people", "few people"])
def test_every_item_is_the_ridge_regression_on_all_the_others(ratings: Ratings, l2: float, seen_weight: float) -> None:
    histories = owned(ratings, seen_weight)
    weights = np.zeros((ITEMS, ITEMS))
    for item in range(ITEMS):
        others = np.delete(np.arange(ITEMS), item)
        gram = histories[:, others].T @ histories[:, others] + l2 * np.eye(ITEMS - 1)
        weights[others, item] = np.linalg.solve(gram, histories[:, others].T @ histories[:, item])
    scores = EASE(l2, seen_weight=seen_weight).fit(ratings).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, histories @ weights, atol=1e-5)


def test_without_a_penalty_an_item_that_nobody_has_leaves_no_inverse() -> None:
    with pytest.raises(RecsysError, match=r"l2 = 0: .* has no inverse"):
        EASE(0.0).fit(RATINGS.take(RATINGS.items != 4))


def test_a_catalogue_beyond_its_bound_is_told_so() -> None:
    one = pd.RangeIndex(1)
    assert EASE.too_large(Catalogue(one, pd.RangeIndex(MOST_ITEMS))) is None
    assert "10,001 by 10,001 items" in str(EASE.too_large(Catalogue(one, pd.RangeIndex(MOST_ITEMS + 1))))


def test_a_history_that_counts_again_and_later_items_more_is_scored_by_the_same_weights_of_few_people() -> None:
    histories = owned(FEW, 0.0) * np.random.default_rng(0).uniform(0.1, 1, (USERS, ITEMS))
    fitted = EASE(5.0).fit(FEW)
    inverse = np.linalg.inv(owned(FEW, 0.0).T @ owned(FEW, 0.0) + 5 * np.eye(ITEMS))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    scores = replace(fitted, left=csr_array(histories)).score_all(np.arange(USERS), ITEMS)
    assert fitted.middle is not None
    np.testing.assert_allclose(scores, histories @ weights, rtol=1e-6, atol=1e-12)


def test_the_weights_of_few_people_are_served_from_files(tmp_path: Path) -> None:
    fitted = EASE(5.0).fit(FEW)
    save_scorer(fitted, tmp_path)
    again = load_scorer(tmp_path)
    everybody = np.arange(USERS)
    np.testing.assert_array_equal(again.score_all(everybody, ITEMS), fitted.score_all(everybody, ITEMS))
