"""Tests that fold-in minimizes the loss over the person's rows with fixed items."""

from __future__ import annotations

from itertools import product
from typing import Any

import keras
import numpy as np
import pytest
from fold_in_samples import BASE, EVIDENCE, ITEMS, LIKED, RANKINGS, RATINGS, USERS, model_of

from recsys.errors import InputError
from recsys.models.fold_in.descent import Descent
from recsys.models.fold_in.least_squares import solve_squares
from recsys.models.fold_in.single_user_model import SingleUserModel, user_layers
from recsys.models.kinds import KINDS, kind_of_model
from recsys.models.parts.dot_product import dot_product_factors
from recsys.serving.scorer import Scorer


def loss_of(scores: np.ndarray, point: dict[str, Any]) -> float:
    """The losses of plain formulas, of a person's scores (I,)."""
    loss = point["loss"]
    if loss in RATINGS:
        errors = scores[EVIDENCE.items] - EVIDENCE.values
        sizes = np.abs(errors)
        huber = np.where(sizes <= 1, errors**2 / 2, sizes - 0.5)
        return float({"mean_squared_error": errors**2, "huber": huber, "log_cosh": np.log(np.cosh(errors))}[loss].sum())
    weights = np.zeros(ITEMS)
    weights[EVIDENCE.items] = np.where(LIKED > 0, 1.0, point["seen_weight"])
    chosen = weights > 0
    if loss == "softmax":
        return float(weights.sum() * np.log(np.exp(scores).sum()) - weights @ scores)
    rest = np.where(chosen, 0.0, point["unobserved_weight"])
    if loss == "logistic":
        return float(weights @ np.log1p(np.exp(-scores)) + rest @ np.log1p(np.exp(scores)))
    if loss == "weighted_squared":
        return float(weights @ (1 - scores) ** 2 + rest @ scores**2)
    pairs = np.log1p(np.exp(scores[~chosen][None] - scores[chosen][:, None])).mean(axis=1)
    return float(weights[chosen] @ pairs)


def whole_loss(single_user: SingleUserModel, rows: dict[str, np.ndarray], point: dict[str, Any]) -> float:
    """The loss at rows, with the penalty of training."""
    single_user.fill(rows)
    l2 = {name: point["bias_l2"] if "bias" in name else point["l2"] for name in rows}
    counted = len(EVIDENCE.items)
    return loss_of(single_user.scores(ITEMS), point) + counted * sum(
        l2[name] * (row**2).sum() for name, row in rows.items()
    )


class TestTheMinimum:
    @pytest.mark.parametrize("kind", ["mf", "nnmf", "mlp", "own"])
    @pytest.mark.parametrize("loss", [*RATINGS, *RANKINGS])
    def test_no_step_in_any_direction_lowers_the_loss(self, kind: str, loss: str) -> None:
        point = BASE | {"loss": loss}
        model = model_of(kind, point)
        single_user = SingleUserModel(kind_of_model(model), model)
        descent = Descent(single_user, point, ITEMS)
        rows = descent.rows(EVIDENCE)
        least = whole_loss(single_user, rows, point)
        assert least < whole_loss(single_user, single_user.start(), point)
        random = np.random.default_rng(0)
        for _ in range(40):
            moved = {name: row + random.normal(0, 0.03, row.shape) for name, row in rows.items()}
            if kind == "nnmf":
                moved = {name: row if "bias" in name else np.maximum(row, 0) for name, row in moved.items()}
                assert min(rows["user_embedding"]) >= 0
            assert whole_loss(single_user, moved, point) > least - 1e-4

    @pytest.mark.parametrize("kind", ["mf", "nnmf"])
    @pytest.mark.parametrize("loss", ["mean_squared_error", "weighted_squared"])
    def test_least_squares_and_descent_agree(self, kind: str, loss: str) -> None:
        point = BASE | {"loss": loss}
        model = model_of(kind, point)
        single_user = SingleUserModel(KINDS[kind], model)
        solved, descended = (
            solve_squares(dot_product_factors(model), point, EVIDENCE, ITEMS),
            Descent(single_user, point, ITEMS).rows(EVIDENCE),
        )
        assert solved.keys() == descended.keys()
        for name, row in solved.items():
            np.testing.assert_allclose(row, descended[name], atol=5e-3)

    def test_least_squares_is_least_at_the_mean_loss_over_all_that_dropout_may_drop(self) -> None:
        rate = 0.4
        point = BASE | {"loss": "mean_squared_error", "dropout": rate, "bias_l2": 0.02}
        model = model_of("mf", point)
        single_user = SingleUserModel(kind_of_model(model), model)
        solved = solve_squares(dot_product_factors(model), point, EVIDENCE, ITEMS)

        def expected(rows: dict[str, np.ndarray]) -> float:
            total = 0.0
            for kept in product([0, 1], repeat=3):
                share = np.prod([1 - rate if each else rate for each in kept])
                dropped = rows | {"user_embedding": rows["user_embedding"] * np.array(kept) / (1 - rate)}
                single_user.fill(dropped)
                total += share * loss_of(single_user.scores(ITEMS), point)
            l2 = point["l2"] * (rows["user_embedding"] ** 2).sum() + point["bias_l2"] * (rows["user_bias"] ** 2).sum()
            return float(total + len(EVIDENCE.items) * l2)

        least, random = expected(solved), np.random.default_rng(0)
        for _ in range(40):
            moved = {name: row + random.normal(0, 0.03, row.shape) for name, row in solved.items()}
            assert expected(moved) > least - 1e-5

    def test_alternating_least_squares_has_its_own_penalty_and_no_dropout(self) -> None:
        adam = BASE | {"loss": "weighted_squared", "dropout": 0.5}
        model = model_of("mf", adam)
        als = solve_squares(dot_product_factors(model), adam | {"solver": "als"}, EVIDENCE, ITEMS)["user_embedding"]
        factors = np.asarray(model.get_layer("item_embedding").table, np.float64)[:ITEMS]
        biases = np.asarray(model.get_layer("item_bias").table, np.float64)[:ITEMS, 0]
        weights, targets = np.full(ITEMS, 0.3), np.zeros(ITEMS)
        weights[EVIDENCE.items], targets[EVIDENCE.items] = [1, 1, 0.2, 1], 1
        ridge = 0.05 * (4 + 0.3 * ITEMS)
        normal = factors.T @ np.diag(weights) @ factors + ridge * np.eye(3)
        np.testing.assert_allclose(als, np.linalg.solve(normal, factors.T @ (weights * (targets - biases))), rtol=1e-6)


class TestTheTwin:
    @pytest.mark.parametrize("kind", ["mf", "nnmf", "mlp", "own"])
    def test_with_a_users_own_rows_it_scores_as_the_model_does(self, kind: str) -> None:
        model = model_of(kind, BASE | {"loss": "mean_squared_error"})
        single_user = SingleUserModel(kind_of_model(model), model)
        single_user.fill({name: np.asarray(layer.weights[0])[4] for name, layer in user_layers(model).items()})
        expected = Scorer([model], [1.0], None).score_all(np.array([4]), ITEMS)[0]
        np.testing.assert_allclose(single_user.scores(ITEMS), expected, rtol=1e-5, atol=1e-6)

    def test_nothing_of_the_model_moves(self) -> None:
        point = BASE | {"loss": "softmax"}
        model = model_of("mlp", point)
        before = [np.array(variable) for variable in model.variables]
        kind_of_model(model).fold_in(model, point, ITEMS).scores(EVIDENCE)
        for array, variable in zip(before, model.variables, strict=True):
            np.testing.assert_array_equal(array, np.asarray(variable))

    def test_embeddings_of_users_are_found_whatever_stands_around_them(self) -> None:
        user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
        column = keras.layers.Reshape((1,))(user)
        wide = keras.layers.Flatten()(keras.layers.Embedding(USERS + 1, 2, name="wide")(column))
        deep = keras.layers.Embedding(USERS + 1, 5, name="deep")(user)
        things = keras.layers.Embedding(ITEMS + 1, 4, name="things")(item)
        both = keras.layers.Dense(1)(keras.layers.Concatenate()([wide, deep, things]))
        model = keras.Model([user, item], both)
        assert user_layers(model).keys() == {"wide", "deep"}
        assert np.isfinite(
            kind_of_model(model).fold_in(model, BASE | {"loss": "softmax"}, ITEMS).scores(EVIDENCE)
        ).all()

    def test_a_model_without_rows_of_users_says_so(self) -> None:
        user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
        things = keras.layers.Embedding(ITEMS + 1, 1)(item)
        model = keras.Model([user, item], things)
        with pytest.raises(InputError, match="no embedding of users"):
            kind_of_model(model).fold_in(model, BASE | {"loss": "softmax"}, ITEMS)
