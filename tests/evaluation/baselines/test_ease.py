"""Tests of EASE against its definition, solved item by item as a ridge regression."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import make_ratings

from recsys.data.ratings import Catalogue, Ratings
from recsys.errors import RecsysError
from recsys.evaluation.baselines.ease import EASE, MOST_ITEMS

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
