"""Tests of the laws of all baselines that read features, and of where they and the others judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from hypothesis import given, settings
from hypothesis import strategies as st
from item_features import rows_of, with_item_features, with_rows
from scipy.sparse import csr_array

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Ratings
from recsys.errors import RecsysError
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.table import FEATURE_BASELINES, baselines_for
from recsys.evaluation.baselines.tuning import score_family, tune, tune_all
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.reporter import quiet

USERS, ITEMS = 40, 30
NEW = np.arange(ITEMS) % 5 == 0
RATINGS = with_item_features(make_ratings(USERS, ITEMS, 500).with_positives_from(4))
TRAIN = replace(RATINGS.take(~NEW[RATINGS.items]), unreleased=NEW)
VALIDATION = RATINGS.take(NEW[RATINGS.items])
OBJECTIVE = ObjectiveSettings(metric="ndcg", k=3)
EVERYONE = np.arange(USERS + 1)
each_of_them = pytest.mark.parametrize("kind", FEATURE_BASELINES, ids=lambda kind: kind.name)
seeds = st.integers(0, 99)


def scores(kind: type[Baseline], ratings: Ratings) -> np.ndarray:
    return np.asarray(kind().fit(ratings).score_all(EVERYONE, ITEMS))


@each_of_them
class TestLaws:
    @settings(max_examples=10)
    @given(seed=seeds)
    def test_the_order_of_the_features_changes_nothing(self, kind: type[Baseline], seed: int) -> None:
        features = TRAIN.catalogue.item_features
        assert features is not None
        order = np.random.default_rng(seed).permutation(features.count)
        names, columns = ([each[at] for at in order] for each in (features.names, features.columns))
        turned = FeatureTable(features.rows[:, order], names, columns)
        other = replace(TRAIN, catalogue=replace(TRAIN.catalogue, item_features=turned))
        np.testing.assert_allclose(scores(kind, other), scores(kind, TRAIN), rtol=1e-4, atol=1e-5)

    @settings(max_examples=10)
    @given(seed=seeds)
    def test_of_items_that_are_not_released_it_learns_nothing(self, kind: type[Baseline], seed: int) -> None:
        rows = rows_of(TRAIN)
        rows[NEW] = np.random.default_rng(seed).permutation(rows[NEW])
        other = with_rows(TRAIN, rows)
        np.testing.assert_allclose(scores(kind, other)[:, ~NEW], scores(kind, TRAIN)[:, ~NEW], rtol=1e-5, atol=1e-6)
        released = replace(TRAIN, unreleased=None)
        assert not np.allclose(scores(kind, released)[:, ~NEW], scores(kind, TRAIN)[:, ~NEW], rtol=1e-5, atol=1e-6)

    def test_items_with_the_same_features_have_the_same_scores(self, kind: type[Baseline]) -> None:
        rows = rows_of(TRAIN)
        rows[5] = rows[6]  # nobody could choose item 5
        found = scores(kind, with_rows(TRAIN, rows))
        np.testing.assert_allclose(found[:, 5], found[:, 6], rtol=1e-6, atol=1e-7)
        assert np.ptp(found[0]) > 0

    def test_it_does_not_apply_where_items_have_no_features(self, kind: type[Baseline]) -> None:
        without = replace(TRAIN, catalogue=replace(TRAIN.catalogue, item_features=None))
        nothing = FeatureTable(csr_array((ITEMS, 0), dtype=np.float32), [], [])
        empty = replace(TRAIN, catalogue=replace(TRAIN.catalogue, item_features=nothing))
        assert [kind.applies_to(each) for each in (TRAIN, without, empty)] == [True, False, False]
        with pytest.raises(RecsysError) as raised:
            kind().fit(without)
        assert str(raised.value) == "small has no features of items to fit a baseline to"


def tasted() -> tuple[Ratings, Ratings]:
    """People who like one of three kinds of items, and the ratings of items that are new."""
    taste, features = np.arange(USERS) % 3, rows_of(RATINGS)[:, :3]
    liked = features[RATINGS.items, taste[RATINGS.users]] > 0
    ratings = replace(RATINGS, values=np.where(liked, 5, 1).astype(np.float32))
    return replace(ratings.take(~NEW[ratings.items]), unreleased=NEW), ratings.take(NEW[ratings.items])


@each_of_them
def test_the_search_finds_better_settings_than_the_defaults(kind: type[Baseline]) -> None:
    train, validation = tasted()
    found = tune(kind, train, validation, OBJECTIVE)
    default = score_family(kind().fit(train), train, validation, OBJECTIVE)
    assert found.scored.values["ndcg"] > default.values["ndcg"] + 0.02


class TestWhoJudges:
    def test_new_items_those_that_read_features_and_popularity_as_the_level_of_chance(self) -> None:
        found = tune_all(TRAIN, VALIDATION, OBJECTIVE, quiet)
        assert list(found.chosen) == ["popularity", *(each.name for each in FEATURE_BASELINES)]
        reason = "no item of the validation part has a training rating, so that it scores all of them alike"
        assert found.left_out == dict.fromkeys(["item_knn", "ease", "ials"], reason)

    def test_known_items_all_of_them(self) -> None:
        kinds = baselines_for(metric_of("ndcg"), RATINGS)
        few = RATINGS.take(np.arange(300)), RATINGS.take(np.arange(300, 500))
        found = tune_all(*few, OBJECTIVE, quiet)
        assert list(found.chosen) == [each.name for each in kinds]
        assert set(FEATURE_BASELINES) < set(kinds)

    def test_ratings_of_new_items_all_that_predict_ratings(self) -> None:
        found = tune_all(TRAIN, VALIDATION, ObjectiveSettings(), quiet)
        assert (list(found.chosen), found.left_out) == (["global_mean", "biases_only"], {})
