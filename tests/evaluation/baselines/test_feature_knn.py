"""Tests of neighbours by features, against scikit-learn's cosines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from item_features import rows_of, with_item_features, with_rows
from sklearn.metrics.pairwise import cosine_similarity

from recsys.evaluation.baselines.feature_knn import FeatureKNN

USERS, ITEMS = 40, 30
NEW = np.arange(ITEMS) % 5 == 0
RATINGS = with_item_features(make_ratings(USERS, ITEMS, 500).with_positives_from(4))
TRAIN = replace(RATINGS.take(~NEW[RATINGS.items]), unreleased=NEW)
ROWS = rows_of(TRAIN)
CHOSEN = np.zeros((USERS, ITEMS))
CHOSEN[TRAIN.positives.users, TRAIN.positives.items] = 1


@pytest.mark.parametrize("power", [0.0, 1.0, 2.5])
def test_a_score_is_the_sum_of_the_cosines_to_the_history(power: float) -> None:
    counts = (ROWS[~NEW] != 0).sum(axis=0)
    weighed = ROWS * np.log(1 + (~NEW).sum() / counts) ** power
    scores = FeatureKNN(power).fit(TRAIN).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, CHOSEN @ cosine_similarity(weighed), atol=1e-5)


def test_a_feature_that_no_released_item_has_says_nothing() -> None:
    rows = ROWS.copy()
    rows[:, 0] = np.where(NEW, 1, 0)
    rare = with_rows(TRAIN, rows)
    rows[:, 0] = 0
    found, expected = (
        FeatureKNN().fit(each).score_all(np.arange(USERS), ITEMS) for each in (rare, with_rows(TRAIN, rows))
    )
    np.testing.assert_array_equal(found, expected)


def test_no_number_of_features_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recsys.evaluation.baselines.feature_baseline.MOST_FEATURES", 2)
    assert FeatureKNN.too_large(TRAIN.catalogue) is None
