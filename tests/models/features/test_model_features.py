"""Tests of models whose rows include those of features: laws that hold for every way of training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_samples import (
    EVERY_WAY,
    ITEMS,
    SOFTMAX,
    SOLVED_LISTS,
    SOLVED_STARS,
    STARS,
    USERS,
    drawn_table,
    stars,
    trained,
    with_features,
)
from scipy.sparse import csr_array

from recsys.models.layers import MemberEmbedding, MemberFeatures
from recsys.models.model import build_model, fill, predict
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData

F = 6


@pytest.fixture(scope="module")
def tables() -> tuple[Any, Any]:
    """Features of the items and of the users."""
    return drawn_table(ITEMS, F, 0), drawn_table(USERS, F - 2, 1)


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=pytest.mark.slow if way in ("sampled", "stars") else ()) for way in EVERY_WAY]
)
class TestEveryWayOfTraining:
    def test_the_order_of_the_features_changes_nothing(self, way: str, tables: tuple[Any, Any]) -> None:
        items, users = tables
        order = np.random.default_rng(2).permutation(F)
        (one,) = trained(with_features(stars(), items, users), EVERY_WAY[way])
        (other,) = trained(with_features(stars(), items[:, order], users), EVERY_WAY[way])
        of_features = one.weights["item_embedding_features/table"]
        assert np.abs(of_features).max() > 0
        np.testing.assert_allclose(other.weights["item_embedding_features/table"][:-1], of_features[order], atol=2e-5)
        for name in ("item_embedding/table", "user_embedding/table"):
            np.testing.assert_allclose(other.weights[name], one.weights[name], atol=2e-5)

    def test_empty_tables_are_none(self, way: str) -> None:
        (with_empty,) = trained(with_features(stars(), np.zeros((ITEMS, F)), np.zeros((USERS, F))), EVERY_WAY[way])
        (without,) = trained(stars(), EVERY_WAY[way])
        for name, table in without.weights.items():
            np.testing.assert_allclose(with_empty.weights[name], table, atol=1e-6, err_msg=name)

    def test_a_member_is_what_it_would_be_alone(self, way: str, tables: tuple[Any, Any]) -> None:
        ratings, point = with_features(stars(), *tables), {**EVERY_WAY[way]}
        if "solver" not in point:
            point |= {"id_dropout": 0.4, "feature_dropout": 0.2}
        other = {**point, "embedding_size": 6, "feature_l2": 0.1}
        (alone,), (together, _) = trained(ratings, point), trained(ratings, point, other)
        for name, table in alone.weights.items():
            np.testing.assert_allclose(together.weights[name], table, atol=1e-5, err_msg=name)

    def test_items_that_were_not_there_yet_are_as_if_they_were_in_no_catalogue(
        self, way: str, tables: tuple[Any, Any]
    ) -> None:
        """The last four items have no ratings, and nobody could choose them."""
        items, users = tables
        known = ITEMS - 4
        old = stars()
        old = old.take(old.items < known)
        smaller = replace(old, catalogue=old.catalogue.take(np.arange(USERS), np.arange(known)))
        unreleased = np.arange(ITEMS) >= known
        (within,) = trained(replace(with_features(old, items, users), unreleased=unreleased), EVERY_WAY[way])
        (without,) = trained(with_features(smaller, items[:known], users), EVERY_WAY[way])
        for name, table in without.weights.items():
            mine = within.weights[name]
            rows = np.arange(known) if name.startswith(("item_embedding/", "item_bias/")) else np.arange(len(table))
            np.testing.assert_allclose(mine[rows], table[rows], atol=2e-5, err_msg=name)
        assert not within.weights["item_embedding/table"][known:ITEMS].any()


@pytest.mark.parametrize("point", [SOFTMAX, STARS, SOLVED_LISTS, SOLVED_STARS], ids=str)
def test_non_negative_models_stay_so(point: dict[str, Any], tables: tuple[Any, Any]) -> None:
    items, users = (np.abs(each) for each in tables)
    (result,) = trained(with_features(stars(), items, users), point, kind="nnmf")
    shape = TrainingData(with_features(stars(), items, users), stars()).shape
    model = fill(build_model(ModelSettings(kind="nnmf"), shape, result.trial.point, 7), result.weights)
    for side, rows in (("user", USERS), ("item", ITEMS)):
        codes = np.arange(rows + 1, dtype=np.int32)
        own = model.get_layer(f"{side}_embedding")(codes) + model.get_layer(f"{side}_embedding_features")(codes)
        assert np.asarray(own).min() > -1e-6


class TestColdRows:
    def test_of_ids_with_features_are_0_and_of_others_the_mean_of_whole_rows(self, tables: tuple[Any, Any]) -> None:
        ratings, users = stars(), tables[1].copy()
        users[3] = 0
        ratings = with_features(ratings.take(~np.isin(ratings.users, [3, 4])), tables[0], users)
        (result,) = trained(ratings, {**SOFTMAX, "id_dropout": 0.3})
        table, features = (result.weights[f"user_embedding{end}/table"] for end in ("", "_features"))
        assert not table[4].any()
        whole = table[:-1] + users @ features[:-1]
        rated = np.unique(ratings.positives.users)
        np.testing.assert_allclose(table[3], whole[rated].mean(axis=0), atol=1e-5)
        np.testing.assert_allclose(table[-1], table[3], atol=1e-6)


class TestLeastSquares:
    """After many rounds the objective that the module states has a minimum there: no direction is downhill."""

    def test_of_ratings_reach_a_minimum(self, tables: tuple[Any, Any]) -> None:
        ratings = with_features(stars(), *tables)
        point = {**SOLVED_STARS, "feature_l2": 0.02}
        (result,) = trained(ratings, point, rounds=300)
        arrays = {name.partition("/")[0]: table[:-1].astype(float) for name, table in result.weights.items()}
        counts = {"user": np.bincount(ratings.users, minlength=USERS), "item": np.bincount(ratings.items)}
        features = dict(zip(("item", "user"), tables, strict=True))

        def objective(arrays: dict[str, Any]) -> float:
            rows, total = {}, 0.0
            for side in ("user", "item"):
                for name, l2 in ((f"{side}_embedding", 0.1), (f"{side}_bias", 0.05)):
                    rows[name] = arrays[name] + features[side] @ arrays[f"{name}_features"]
                    total += l2 * np.sum(counts[side][:, None] * arrays[name] ** 2)
                    total += 0.02 * len(ratings) * np.sum(arrays[f"{name}_features"] ** 2)
            u, i = ratings.users, ratings.items
            products = np.sum(rows["user_embedding"][u] * rows["item_embedding"][i], axis=1)
            predicted = products + rows["user_bias"][u, 0] + rows["item_bias"][i, 0] + ratings.mean
            return float(total + np.sum((ratings.values - predicted) ** 2))

        assert_stationary(objective, arrays)

    def test_of_rankings_reach_a_minimum(self, tables: tuple[Any, Any]) -> None:
        ratings = with_features(stars(), *tables)
        (result,) = trained(ratings, {**SOLVED_LISTS, "feature_l2": 0.02, "seen_weight": 0.0}, rounds=300)
        arrays = {name.partition("/")[0]: table[:-1].astype(float) for name, table in result.weights.items()}
        chosen = ratings.positives
        x = np.zeros((USERS, ITEMS))
        x[chosen.users, chosen.items] = 1
        penalties = {"user": 0.05 * (x.sum(axis=1) + 0.3 * ITEMS), "item": 0.05 * (x.sum(axis=0) + 0.3 * USERS)}
        features = dict(zip(("item", "user"), tables, strict=True))

        def objective(arrays: dict[str, Any]) -> float:
            rows, total = {}, 0.0
            for side in ("user", "item"):
                name = f"{side}_embedding"
                rows[side] = arrays[name] + features[side] @ arrays[f"{name}_features"]
                total += np.sum(penalties[side][:, None] * arrays[name] ** 2)
                total += 0.02 * len(chosen) * np.sum(arrays[f"{name}_features"] ** 2)
            scores = rows["user"] @ rows["item"].T
            return float(total + np.sum(np.where(x > 0, (1 - scores) ** 2, 0.3 * scores**2)))

        assert_stationary(objective, arrays)


def assert_stationary(objective: Any, arrays: dict[str, Any]) -> None:
    """The slope of the objective is small in random directions, compared with that from a nearby point."""
    random, step = np.random.default_rng(0), 1e-4
    slopes, elsewhere = [], []
    for _ in range(10):
        way = {name: random.normal(size=array.shape) for name, array in arrays.items()}

        def at(distance: float, way: dict[str, Any] = way) -> float:
            return float(objective({name: array + distance * way[name] for name, array in arrays.items()}))

        slopes.append(abs(at(step) - at(-step)) / (2 * step))
        elsewhere.append(abs(at(0.1 + step) - at(0.1 - step)) / (2 * step))
    assert max(slopes) < 0.02 * min(elsewhere)


class TestTheLayer:
    @pytest.mark.parametrize("features", [6, 400], ids=["dense", "lists"])
    def test_sums_the_embeddings_of_the_features(self, features: int, tmp_path: Path) -> None:
        import keras

        rows = drawn_table(8, 6, 0)
        wide = np.zeros((8, features))
        wide[:, np.linspace(0, features - 1, 6).astype(int)] = rows
        ids = MemberEmbedding(8, [3, 2], [0, 1], name="item_embedding")
        layer = MemberFeatures.of(csr_array(wide.astype(np.float32)), ids, [0.0, 0.0], name="item_embedding_features")
        assert layer.dense == (features == 6)
        table = np.random.default_rng(1).normal(size=(features + 1, 5)).astype(np.float32)
        layer.table.assign(table)
        codes = np.array([2, 7, 2], np.int32)
        np.testing.assert_allclose(layer(codes), wide[codes] @ table[:-1], atol=1e-5)
        np.testing.assert_allclose(layer.sums(None), (wide @ table[:-1])[:-1], atol=1e-5)
        inputs = keras.Input((), dtype="int32")
        keras.Model(inputs, layer(inputs)).save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_allclose(loaded(codes), wide[codes] @ table[:-1], atol=1e-5)


@pytest.mark.parametrize("kind", ["mlp", "sequential_mf", "sasrec"])
def test_the_other_kinds_learn_from_features_too(kind: str, tables: tuple[Any, Any]) -> None:
    ratings = with_features(stars(), *tables)
    point = {"batch_size": 64, "id_dropout": 0.5}
    point |= {"loss": "softmax"} if kind == "mlp" else {"history_length": 8, "embedding_size": 8}
    (result,) = trained(ratings, point, kind=kind)
    assert np.abs(result.weights["item_embedding_features/table"]).max() > 0
    shape = TrainingData(ratings, ratings).shape
    model = fill(build_model(ModelSettings(kind=kind), shape, result.trial.point, 7), result.weights)
    people = np.zeros((2, 8), np.int32) if kind != "mlp" else np.zeros(2, np.int32)
    before = predict(model, people, np.array([0, 1], np.int32))
    model.get_layer("item_embedding_features").know(csr_array(np.zeros((ITEMS + 1, F), np.float32)))
    assert not np.allclose(before, predict(model, people, np.array([0, 1], np.int32)))


def test_sampled_negatives_are_items_that_were_there() -> None:
    from recsys.models.batches.item_draws import ItemDraws

    released = np.array([True, False, True, True, False])
    draws = ItemDraws(np.array([0, 0, 2]), released, 4, 0.5)
    assert set(draws.draw(np.random.default_rng(0), 200).ravel()) == {0, 2, 3}
    assert draws.stands_for[~released].tolist() == [0, 0]
