"""Tests of popularity that features predict, against scikit-learn's ridge regression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from item_features import rows_of, with_item_features
from sklearn.linear_model import Ridge

from recsys.evaluation.baselines.feature_popularity import FeaturePopularity

USERS, ITEMS = 40, 30
NEW = np.arange(ITEMS) % 5 == 0
RATINGS = with_item_features(make_ratings(USERS, ITEMS, 500).with_positives_from(4))
TRAIN = replace(RATINGS.take(~NEW[RATINGS.items]), unreleased=NEW)


@pytest.mark.parametrize("l2", [0.5, 40.0])
def test_it_is_the_ridge_regression_of_the_counts_of_released_items(l2: float) -> None:
    counts, rows = np.bincount(TRAIN.positives.items, minlength=ITEMS), rows_of(TRAIN)
    ridge = Ridge(alpha=l2).fit(rows[~NEW], counts[~NEW])
    scores = FeaturePopularity(l2).fit(TRAIN).score_all(np.array([0, USERS]), ITEMS)
    np.testing.assert_allclose(scores, [ridge.predict(rows)] * 2, rtol=1e-9)


def test_an_item_of_which_nothing_is_known_has_the_intercept() -> None:
    counts, rows = np.bincount(TRAIN.positives.items, minlength=ITEMS), rows_of(TRAIN)
    ridge = Ridge(alpha=10).fit(rows[~NEW], counts[~NEW])
    fitted = FeaturePopularity(10).fit(TRAIN)
    assert fitted.predict(np.array([0, 0]), np.array([ITEMS - 1, ITEMS])) == pytest.approx([ridge.intercept_] * 2)


def test_lower_ratings_count_with_their_weight() -> None:
    weights = np.where(TRAIN.values >= 4, 1, 0.25)
    counts, rows = np.bincount(TRAIN.items, weights, minlength=ITEMS), rows_of(TRAIN)
    expected = Ridge(alpha=2).fit(rows[~NEW], counts[~NEW]).predict(rows)
    found = FeaturePopularity(2, seen_weight=0.25).fit(TRAIN).score_all(np.array([3]), ITEMS)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
