"""Tests of the favourite category, against its formula written as loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from item_features import NAMES, rows_of, with_item_features, with_rows
from scipy.sparse import csr_array

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.favourite_category import FavouriteCategory
from recsys.evaluation.baselines.feature_popularity import FeaturePopularity

USERS, ITEMS = 40, 30
NEW = np.arange(ITEMS) % 5 == 0
RATINGS = with_item_features(make_ratings(USERS, ITEMS, 500).with_positives_from(4))
TRAIN = replace(RATINGS.take(~NEW[RATINGS.items]), unreleased=NEW)
KINDS, GENRES = ([at for at, name in enumerate(NAMES) if name.startswith(start)] for start in ("kind", "genres"))


def expected(ratings: Ratings, columns: Sequence[int], weight: float) -> np.ndarray:
    """Σ_c s_c m_c + weight · p, times the number of choices (U, I)."""
    has = rows_of(ratings)[:, columns] != 0
    counts = FeaturePopularity().fit(ratings).score_all(np.array([0]), ITEMS)[0]
    old = counts[~NEW]
    scores = np.zeros((USERS, ITEMS))
    for user in range(USERS):
        history = ratings.positives.items[ratings.positives.users == user]
        for item in range(ITEMS):
            for category in range(len(columns)):
                share = sum(has[other, category] / max(1, has[other].sum()) for other in history)
                scores[user, item] += share * has[item, category] / max(1, has[item].sum())
            scores[user, item] += len(history) * weight * (counts[item] - old.min()) / (old.max() - old.min())
    return scores


@pytest.mark.parametrize("weight", [0.001, 2.0])
def test_it_is_the_share_of_the_categories_then_popularity(weight: float) -> None:
    scores = FavouriteCategory(popularity_weight=weight).fit(TRAIN).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, expected(TRAIN, KINDS, weight), rtol=1e-4, atol=1e-5)


def test_the_categories_are_those_of_the_column_that_most_released_items_have() -> None:
    rows = rows_of(TRAIN)
    rows[1, KINDS] = 0  # all but this one and the last have a kind
    rows[:-1, GENRES[0]] = 1
    scores = FavouriteCategory().fit(with_rows(TRAIN, rows)).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, expected(with_rows(TRAIN, rows), GENRES, 0.001), rtol=1e-4, atol=1e-5)


def test_of_columns_that_equally_many_have_the_one_of_the_fewest_categories_counts() -> None:
    rows = rows_of(TRAIN)
    rows[-1, KINDS[0]] = rows[:, GENRES[0]] = 1
    scores = FavouriteCategory().fit(with_rows(TRAIN, rows)).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, expected(with_rows(TRAIN, rows), KINDS, 0.001), rtol=1e-4, atol=1e-5)


def test_by_default_the_items_of_the_favourite_kind_come_first_the_popular_ones_before_others() -> None:
    kinds = rows_of(TRAIN)[:, KINDS]
    counts = FeaturePopularity().fit(TRAIN).score_all(np.array([0]), ITEMS)[0]
    scores = FavouriteCategory().fit(TRAIN).score_all(np.arange(USERS), ITEMS)
    for user in range(USERS):
        chosen = kinds[TRAIN.positives.items[TRAIN.positives.users == user]].sum(axis=0)
        if not chosen.any():
            continue
        best = kinds @ chosen
        assert np.argsort(-scores[user])[:5].tolist() == np.lexsort((-counts, -best))[:5].tolist()


def test_without_categories_it_does_not_apply() -> None:
    numbers = FeatureTable(csr_array(np.ones((ITEMS, 1), np.float32)), ["year"], ["year"])
    catalogue = replace(TRAIN.catalogue, item_features=numbers)
    assert FavouriteCategory.applies_to(TRAIN)
    assert not FavouriteCategory.applies_to(replace(TRAIN, catalogue=catalogue))
