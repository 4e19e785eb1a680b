"""Tests that permutation changes one column alone, and that importance is what the metric loses by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.arrays import AnyArray
from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Catalogue, Ratings
from recsys.data.settings import DataSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.evaluation.feature_importance import PERMUTATIONS, feature_importances, permuted
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import score
from recsys.models.inputs import Input
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings

DRAWN = {"users": 80, "items": 40, "ratings": 1600, "item_features": 2, "noise_features": 1}


def data(**synthetic: object) -> DataSettings:
    return DataSettings.model_validate({"source": "synthetic", "synthetic": {**DRAWN, **synthetic}})


@dataclass(frozen=True)
class OfOneFeature:
    """Predicts 3, and more for an item with a feature."""

    features: AnyArray
    """Whether each item has it, (I,)."""
    rates: bool = True
    reads_histories = False
    reads_features = False

    def predict(self, users: AnyArray, items: AnyArray) -> AnyArray:
        return 3 + 0.5 * self.features[items]

    def score_all(self, users: AnyArray, items: int) -> AnyArray:
        return np.tile(self.predict(users, np.arange(items)), (len(users), 1))

    def score_histories(self, histories: object, items: int, users: AnyArray) -> AnyArray:
        raise NotImplementedError


def of_feature(place: int) -> Callable[[Catalogue], OfOneFeature]:
    def model(catalogue: Catalogue) -> OfOneFeature:
        return OfOneFeature(table_in(catalogue).rows.toarray()[:, place])

    return model


def table_in(catalogue: Catalogue) -> FeatureTable:
    assert catalogue.item_features is not None
    return catalogue.item_features


class TestPermuted:
    @given(seed=st.integers(0, 99), place=st.integers(0, 2), several=st.booleans())
    def test_one_column_has_the_same_rows_in_another_order_and_the_others_are_as_before(
        self, seed: int, place: int, several: bool
    ) -> None:
        table = table_in(synthetic_ratings(data().synthetic).catalogue)
        if several:  # one source column of two features, which stay together
            table = replace(table, columns=["pair", "other", "pair"])
        column = table.columns[place]
        found, whole = permuted(table, column, seed).rows.toarray(), table.rows.toarray()
        own = np.array([name == column for name in table.columns])
        np.testing.assert_array_equal(found[:, ~own], whole[:, ~own])
        assert sorted(map(tuple, found[:, own])) == sorted(map(tuple, whole[:, own]))
        assert not np.array_equal(found[:, own], whole[:, own])
        assert found.dtype == np.float32


class TestImportance:
    def test_a_column_that_the_model_does_not_use_has_none(self) -> None:
        ratings = synthetic_ratings(data().synthetic)
        split = make_split(ratings, SplitSettings())
        objective = ObjectiveSettings()
        scored = score(of_feature(0)(ratings.catalogue), split.train, split.validation, objective).samples["rmse"]
        found = feature_importances(
            of_feature(0), scored, split.train, split.validation, objective, [Input.ITEM_FEATURES]
        )
        assert {each.column.column: each.value for each in found if each.value == 0.0} == {
            "feature_2": 0.0,
            "noise_1": 0.0,
        }
        assert {each.interval for each in found if each.value == 0.0} == {(0.0, 0.0)}

    def test_the_loss_is_that_of_the_mean_squared_errors_of_all_permutations(self) -> None:
        ratings = synthetic_ratings(data().synthetic)
        split = make_split(ratings, SplitSettings())
        train, held_out, objective = split.train, split.validation, ObjectiveSettings(clip=False)
        model = of_feature(1)
        whole = score(model(ratings.catalogue), train, held_out, objective)
        found = feature_importances(model, whole.samples["rmse"], train, held_out, objective, [Input.ITEM_FEATURES])
        (second,) = [each for each in found if each.column.column == "feature_2"]
        errors = []
        for seed in range(PERMUTATIONS):
            own = table_in(ratings.catalogue).rows.toarray()[:, 1]
            shuffled = own[np.random.default_rng(seed).permutation(len(own))]
            errors.append(np.mean((held_out.values - 3 - 0.5 * shuffled[held_out.items]) ** 2))
        assert second.value == pytest.approx(np.sqrt(np.mean(errors)) - whole.values["rmse"])
        assert second.interval[0] < second.value < second.interval[1]

    @pytest.mark.parametrize("metric", ["rmse", "ndcg"])
    def test_a_loss_is_above_0_for_metrics_to_minimise_and_to_maximise(self, metric: str) -> None:
        ratings = with_known_effect()
        split = make_split(ratings, SplitSettings())
        objective = ObjectiveSettings(metric=metric)
        model = of_feature(0)
        scored = score(model(ratings.catalogue), split.train, split.validation, objective).samples[metric]
        found = feature_importances(model, scored, split.train, split.validation, objective, [Input.ITEM_FEATURES])
        assert found[0].column.column == "feature_1"
        assert found[0].interval[0] > 0


def with_known_effect() -> Ratings:
    """Ratings of 5 for items with the first feature, otherwise of 2."""
    ratings = synthetic_ratings(data().synthetic)
    liked = table_in(ratings.catalogue).rows.toarray()[:, 0][ratings.items]
    return replace(ratings, values=np.where(liked, 5, 2).astype(np.float32))
