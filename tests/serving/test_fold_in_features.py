"""Tests of fold-in with features: the row of a person moves with what is known of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from feature_champions import ITEMS, RATINGS, USERS
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recsys.data.features.feature_table import FeatureTable
from recsys.models.fold_in.descent import Descent
from recsys.models.fold_in.least_squares import solve_squares
from recsys.models.fold_in.single_user_model import SingleUserModel, user_layers
from recsys.models.fold_in.user_history import UserHistory
from recsys.models.kinds import kind_of_model
from recsys.models.layers import MemberFeatures
from recsys.models.model import build_model
from recsys.models.parts.dot_product import dot_product_factors
from recsys.models.settings import ModelSettings
from recsys.models.solvers.als import least_squares_of
from recsys.models.solvers.least_squares import Tables
from recsys.models.solvers.prior_means import PriorMeans
from recsys.models.training_data import TrainingData
from recsys.serving.scorer import Scorer

BASE: dict[str, Any] = {
    "embedding_size": 3,
    "hidden_units": (4,),
    "user_embedding_size": 3,
    "item_embedding_size": 3,
    "dropout": 0.0,
    "l2": 0.05,
    "bias_l2": 0.03,
    "feature_l2": 0.001,
    "unobserved_weight": 0.3,
    "seen_weight": 0.0,
}
SHAPE = TrainingData(RATINGS, RATINGS.take(np.arange(0))).shape


def features_of(user: int) -> csr_array:
    return table_of_users().rows[[user]]


def table_of_users() -> FeatureTable:
    assert RATINGS.catalogue.user_features is not None
    return RATINGS.catalogue.user_features


def history_of(user: int) -> UserHistory:
    own = RATINGS.users == user
    values = RATINGS.values[own].astype(np.float64)
    return UserHistory(RATINGS.items[own], values, (values >= 3) * 1.0, features_of(user))


def model_of(kind: str, point: dict[str, Any], *, biases: bool = True) -> keras.Model:
    """A model with random weights."""
    model = build_model(ModelSettings(kind=kind, biases=biases), SHAPE, point, 5)
    random = np.random.default_rng(1)
    for variable in model.trainable_variables:
        variable.assign(random.normal(0, 0.5, variable.shape))
    return model


def tables_of(model: keras.Model) -> Tables:
    """The tables of a model, which least squares improve, without the spare rows."""
    return {name: np.array(model.get_layer(name).table)[:-1] for name in names_of(model)}


def names_of(model: keras.Model) -> list[str]:
    return [layer.name for layer in model.layers if hasattr(layer, "table")]


def assign(model: keras.Model, tables: Tables) -> None:
    for name, table in tables.items():
        model.get_layer(name).table.assign(np.concatenate([table, np.zeros_like(table[:1])]))


def whole_rows(model: keras.Model, name: str) -> np.ndarray:
    """The rows of all users (U, D) by plain products: their own plus those of their features."""
    table, coefficients = (np.asarray(model.get_layer(each).table, np.float64) for each in (name, f"{name}_features"))
    return table[:-1] + table_of_users().rows.toarray() @ coefficients[:-1]


@pytest.mark.parametrize("loss", ["mean_squared_error", "weighted_squared"])
@settings(max_examples=8, deadline=None)
@given(user=st.integers(0, USERS - 1), rounds=st.integers(0, 3))
def test_a_training_user_gets_the_row_of_one_more_round_of_least_squares(loss: str, user: int, rounds: int) -> None:
    point = BASE | {"loss": loss, "solver": "als"}
    ranking = loss == "weighted_squared"
    model = model_of("mf", point, biases=False)
    assert RATINGS.catalogue.item_features is not None
    tables_by_side = {"user": table_of_users(), "item": RATINGS.catalogue.item_features}
    means = {side: PriorMeans(table.rows) for side, table in tables_by_side.items()}
    entries = RATINGS.positives if ranking else RATINGS
    problem = least_squares_of(entries, ranking=ranking, bounded=False, mean=not ranking, means=means)
    tables = tables_of(model)
    for _ in range(rounds):
        problem.improve(tables, point)
    assign(model, tables)
    factors = dot_product_factors(model)
    own = solve_squares(factors, point, history_of(user), ITEMS)["user_embedding"]
    whole = own + factors.of_features(features_of(user))[0]
    problem.improve(tables, point)
    assign(model, tables)
    np.testing.assert_allclose(whole, whole_rows(model, "user_embedding")[user], atol=2e-6, rtol=2e-5)


@pytest.mark.parametrize("loss", ["mean_squared_error", "weighted_squared"])
def test_least_squares_and_descent_agree(loss: str) -> None:
    point = BASE | {"loss": loss, "seen_weight": 0.2}
    single_user = SingleUserModel(kind_of_model(model := model_of("mf", point)), model)
    single_user.know(features_of(0))
    history = replace(history_of(3), features=features_of(0)).by_item
    solved = solve_squares(dot_product_factors(model), point, history, ITEMS)
    descended = Descent(single_user, point, ITEMS).rows(history)
    assert solved.keys() == descended.keys()
    for name, row in solved.items():
        np.testing.assert_allclose(row, descended[name], atol=5e-3)


@pytest.mark.parametrize("kind", ["mf", "nnmf", "mlp"])
def test_with_a_users_own_rows_and_features_it_scores_as_the_model_does(kind: str) -> None:
    model = model_of(kind, BASE | {"loss": "mean_squared_error"})
    single_user = SingleUserModel(kind_of_model(model), model)
    for user in (0, 4):
        single_user.know(features_of(user))
        single_user.fill({name: np.asarray(layer.weights[0])[user] for name, layer in user_layers(model).items()})
        expected = Scorer([model], [1.0], None).score_all(np.array([user]), ITEMS)[0]
        np.testing.assert_allclose(single_user.scores(ITEMS), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("loss", ["mean_squared_error", "weighted_squared", "softmax"])
def test_without_a_history_the_features_stand_for_the_person(loss: str) -> None:
    point = BASE | {"loss": loss}
    model = model_of("mf", point)
    fold_in = kind_of_model(model).fold_in(model, point, ITEMS)
    found = fold_in.scores(history_of(0).without_items)
    for name in user_layers(model):
        table = np.array(model.get_layer(name).table)
        table[0] = 0  # as training leaves the own row of a user without ratings
        model.get_layer(name).table.assign(table)
    expected = Scorer([model], [1.0], None).score_all(np.array([0]), ITEMS)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_people_with_one_history_differ_by_their_features_only() -> None:
    point = BASE | {"loss": "softmax"}
    model = model_of("mf", point)
    fold_in = kind_of_model(model).fold_in(model, point, ITEMS)
    history = history_of(1)
    scores = [fold_in.scores(replace(history, features=each)) for each in (features_of(0), features_of(1), None)]
    assert np.abs(scores[0] - scores[1]).max() > 1e-3
    np.testing.assert_array_equal(scores[0], fold_in.scores(replace(history, features=features_of(0))))
    empty = csr_array((1, table_of_users().count), dtype=np.float32)
    np.testing.assert_array_equal(scores[2], fold_in.scores(replace(history, features=empty)))


def test_nothing_of_the_model_moves() -> None:
    point = BASE | {"loss": "softmax"}
    model = model_of("mf", point)
    known = [layer for layer in model.layers if isinstance(layer, MemberFeatures)]
    before = [np.array(each) for layer in known for each in (layer.table, *layer.constants.values())]
    kind_of_model(model).fold_in(model, point, ITEMS).scores(history_of(2))
    after = [np.array(each) for layer in known for each in (layer.table, *layer.constants.values())]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
