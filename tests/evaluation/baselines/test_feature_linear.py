"""Tests of the linear model of each person's choices, against scikit-learn's ridge regression and an SVD of its fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import make_ratings
from item_features import rows_of, with_item_features
from scipy.sparse import csr_array
from sklearn.linear_model import Ridge

from recsys.data.features.feature_table import FeatureTable
from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue
from recsys.evaluation.baselines import feature_baseline, feature_linear
from recsys.evaluation.baselines.feature_linear import FeatureLinear

USERS, ITEMS = 40, 30
NEW = np.arange(ITEMS) % 5 == 0
RATINGS = with_item_features(make_ratings(USERS, ITEMS, 500).with_positives_from(4))
TRAIN = replace(RATINGS.take(~NEW[RATINGS.items]), unreleased=NEW)
EVERYONE = np.arange(USERS)
ROWS = rows_of(TRAIN)
CENTRED = ROWS - ROWS[~NEW].mean(axis=0)


def chosen(seen_weight: float = 0.0) -> np.ndarray:
    """The choices (I, U)."""
    dense = np.zeros((ITEMS, USERS))
    dense[TRAIN.items, TRAIN.users] = np.where(TRAIN.values >= 4, 1, seen_weight)
    return dense


def coefficients(l2: float, seen_weight: float = 0.0) -> np.ndarray:
    """The coefficients of everybody's ridge regression (F, U)."""
    return np.asarray(Ridge(alpha=l2).fit(ROWS[~NEW], chosen(seen_weight)[~NEW]).coef_.T)


@pytest.mark.parametrize("seen_weight", [0.0, 0.4])
@pytest.mark.parametrize("l2", [0.5, 30.0])
def test_everybody_has_a_ridge_regression_on_released_items_that_also_scores_the_others(
    l2: float, seen_weight: float
) -> None:
    scores = FeatureLinear(l2, seen_weight=seen_weight).fit(TRAIN).score_all(EVERYONE, ITEMS)
    np.testing.assert_allclose(scores, (CENTRED @ coefficients(l2, seen_weight)).T, atol=1e-5)


@pytest.mark.parametrize("rank", [1, 3, 8])
def test_of_a_rank_they_are_the_best_of_that_rank(rank: int) -> None:
    """The fit with the penalty as further rows, projected on the users' first right singular vectors."""
    l2, width = 4.0, ROWS.shape[1]
    whole = coefficients(l2)
    fit = np.vstack([CENTRED[~NEW], np.sqrt(l2) * np.eye(width)]) @ whole
    users = np.linalg.svd(fit)[2][:rank]
    scores = FeatureLinear(l2, rank=rank).fit(TRAIN).score_all(EVERYONE, ITEMS)
    np.testing.assert_allclose(scores, (CENTRED @ whole @ users.T @ users).T, atol=1e-5)
    assert np.linalg.matrix_rank(scores, tol=1e-4) == min(rank, width)


def test_one_fit_serves_all_ranks() -> None:
    fitted = FeatureLinear(4.0).fit(TRAIN)
    for rank in (2, 5, np.inf):
        other = FeatureLinear(4.0, rank=rank)
        assert other.fit_alone == FeatureLinear(4.0)
        found, expected = (each.score_all(EVERYONE, ITEMS) for each in (other.adapt(fitted, TRAIN), other.fit(TRAIN)))
        np.testing.assert_array_equal(found, expected)


def test_people_with_the_same_history_have_the_same_scores_whether_they_are_known_or_not() -> None:
    fitted, histories = FeatureLinear(4.0, rank=3).fit(TRAIN), Histories.of(TRAIN)
    without = TRAIN.take(TRAIN.users != 7)
    assert fitted.reads_histories
    found = fitted.score_histories(histories.take(np.array([7])), ITEMS)
    np.testing.assert_allclose(found, fitted.score_all(np.array([7]), ITEMS), rtol=1e-5, atol=1e-6)
    assert not np.allclose(FeatureLinear(4.0, rank=3).fit(without).score_all(np.array([7]), ITEMS), found)


class TestBounds:
    def sized(self, items: int, features: int) -> Catalogue:
        names = [f"f{number}" for number in range(features)]
        table = FeatureTable(csr_array((items, features), dtype=np.float32), names, names)
        return Catalogue(pd.RangeIndex(1), pd.RangeIndex(items), item_features=table)

    def test_more_features_than_fit_a_square_matrix_are_too_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(feature_baseline, "MOST_FEATURES", 1000)
        assert FeatureLinear.too_large(self.sized(3, 1000)) is None
        assert FeatureLinear.too_large(self.sized(3, 1001)) == (
            "it factorises a matrix of 1,001 by 1,001 features; 1,000 is its bound"
        )

    def test_so_are_more_items_than_fit_a_dense_matrix(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(feature_linear, "MOST_NUMBERS", 6000)
        assert FeatureLinear.too_large(self.sized(3000, 2)) is None
        assert FeatureLinear.too_large(self.sized(3001, 2)) == (
            "it fills a matrix of 3,001 items by 2 features; 6,000 is its bound"
        )
