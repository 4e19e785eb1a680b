"""Tests of the properties that all kinds of models share, and of the layers against plain NumPy."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from recsys.errors import InputError
from recsys.models.inputs import DataShape
from recsys.models.layers import MemberDropout, member_layers
from recsys.models.model import build_model, factory_of, fill, predict, score_all, weights_of
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.summary import graph_png, layer_table

SHAPE = DataShape(users=30, items=20, mean=3.5)
ML_100K = DataShape(users=943, items=1682, mean=3.53)
USERS = np.repeat(np.arange(31, dtype=np.int32), 21)
ITEMS = np.tile(np.arange(21, dtype=np.int32), 31)


def points(kind: str, sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Points of a kind that differ in embedding size, dropout and penalty."""
    base = default_point(ModelSettings(kind=kind))  # type: ignore[arg-type]
    names = [name for name in base if name.endswith("embedding_size")]
    return [
        {**base, **dict.fromkeys(names, size), "dropout": 0.1 * place, "l2": 0.01 * place}
        for place, size in enumerate(sizes)
    ]


def settings_of(name: str) -> ModelSettings:
    kind = name.split(maxsplit=1)[0]
    return ModelSettings.model_validate({"kind": kind, **({"dot_product": True} if "dot product" in name else {})})


class TestEveryModel:
    @pytest.fixture(params=["mf", "nnmf", "mlp", "mlp with dot product", "bayesian_mf"])
    def settings(self, request: pytest.FixtureRequest) -> ModelSettings:
        return settings_of(request.param)

    def test_a_sequence_of_points_gives_a_column_each(self, settings: ModelSettings) -> None:
        model = factory_of(settings)(SHAPE, points(str(settings.kind), (2, 5, 3)), [1, 2, 3])
        assert predict(model, USERS, ITEMS).shape == (len(USERS), 3)

    def test_a_member_predicts_as_it_would_alone(self, settings: ModelSettings) -> None:
        several = points(str(settings.kind), (2, 5, 3))
        together = predict(factory_of(settings)(SHAPE, several, [1, 2, 3]), USERS, ITEMS)
        for place, (point, seed) in enumerate(zip(several, [1, 2, 3], strict=True)):
            alone = predict(build_model(settings, SHAPE, point, seed), USERS, ITEMS)[:, 0]
            np.testing.assert_allclose(together[:, place], alone, atol=1e-5)

    def test_what_is_taken_from_a_cohort_fills_the_ordinary_model(self, settings: ModelSettings) -> None:
        several = points(str(settings.kind), (2, 5))
        cohort = factory_of(settings)(SHAPE, several, [1, 2])
        own: dict[str, Any] = {}
        for layer in member_layers(cohort):
            if layer.weights:
                arrays = [np.asarray(weight.value) for weight in layer.weights]
                own.update(zip([w.path for w in layer.weights], layer.take(arrays, 1), strict=True))
        single = fill(build_model(settings, SHAPE, several[1], 99), own)
        np.testing.assert_allclose(predict(single, USERS, ITEMS)[:, 0], predict(cohort, USERS, ITEMS)[:, 1], atol=1e-5)

    def test_a_saved_model_predicts_the_same(self, settings: ModelSettings, tmp_path: Any) -> None:
        model = build_model(settings, SHAPE, points(str(settings.kind), (4,))[0], 1)
        model.save(tmp_path / "model.keras")
        again = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(predict(again, USERS, ITEMS), predict(model, USERS, ITEMS))

    def test_its_layer_table_and_graph_can_be_shown(self, settings: ModelSettings) -> None:
        model = build_model(settings, SHAPE, points(str(settings.kind), (4,))[0], 1)
        assert "user_embedding" in layer_table(model)
        assert graph_png(model).startswith(b"\x89PNG")


REFERENCE = {"l2": 0.0, "bias_l2": 0.0, "learning_rate": 0.001, "loss": "mean_squared_error", "batch_size": 32}


@pytest.mark.parametrize(
    ("kind", "point", "parameters"),
    [
        ("mf", {"embedding_size": 3, "dropout": 0.0}, 7881),
        ("nnmf", {"embedding_size": 3, "dropout": 0.0}, 7881),
        (
            "mlp",
            {"user_embedding_size": 5, "item_embedding_size": 8, "hidden_units": (100, 50, 20), "dropout": 0.2},
            25675,
        ),
    ],
)
def test_the_reference_models_have_the_published_number_of_parameters(
    kind: Any, point: dict[str, Any], parameters: int
) -> None:
    settings = ModelSettings(kind=kind, biases=False, global_mean=False)
    assert build_model(settings, ML_100K, {**REFERENCE, **point}, 0).count_params() == parameters


def test_matrix_factorisation_is_the_dot_product_plus_biases_and_mean() -> None:
    model = build_model(ModelSettings(kind="mf"), SHAPE, points("mf", (4,))[0], 1)
    random = np.random.default_rng(0)
    weights = {path: random.normal(size=array.shape).astype(np.float32) for path, array in weights_of(model).items()}
    fill(model, weights)
    expected = (
        (weights["user_embedding/table"][USERS] * weights["item_embedding/table"][ITEMS]).sum(axis=1)
        + weights["user_bias/table"][USERS, 0]
        + weights["item_bias/table"][ITEMS, 0]
        + SHAPE.mean
    )
    np.testing.assert_allclose(predict(model, USERS, ITEMS)[:, 0], expected, rtol=1e-4, atol=1e-4)


def test_the_perceptron_is_its_formula_in_numpy() -> None:
    point = {**points("mlp", (4,))[0], "hidden_units": (6, 3)}
    settings = ModelSettings(kind="mlp", biases=False, global_mean=False)
    model = build_model(settings, SHAPE, point, 1)
    w = weights_of(model)
    x = np.concatenate([w["item_embedding/table"][ITEMS], w["user_embedding/table"][USERS]], axis=1)
    for number in (0, 1):
        x = np.maximum(x @ w[f"hidden_{number}/kernel"][0] + w[f"hidden_{number}/bias"], 0)
    expected = x @ w["output/kernel"][0] + w["output/bias"]
    np.testing.assert_allclose(predict(model, USERS, ITEMS), expected, atol=1e-5)


@pytest.mark.parametrize(("user", "item"), [(4, 4), (3, 5), (5, 3)])
def test_the_dot_product_beside_it_is_over_the_dimensions_that_both_sides_have(user: int, item: int) -> None:
    point = {**points("mlp", (4,))[0], "user_embedding_size": user, "item_embedding_size": item}
    plain, beside = (build_model(ModelSettings(kind="mlp", dot_product=dot), SHAPE, point, 1) for dot in (False, True))
    w = weights_of(beside)
    both = min(user, item)
    product = (w["item_embedding/table"][ITEMS, :both] * w["user_embedding/table"][USERS, :both]).sum(axis=1)
    np.testing.assert_allclose(
        predict(beside, USERS, ITEMS)[:, 0], predict(plain, USERS, ITEMS)[:, 0] + product, atol=1e-5
    )


def test_non_negative_embeddings_start_non_negative() -> None:
    weights = weights_of(build_model(ModelSettings(kind="nnmf"), SHAPE, points("nnmf", (4,))[0], 1))
    assert min(weights["user_embedding/table"].min(), weights["item_embedding/table"].min()) >= 0


class TestDropout:
    def layer(self, rate: float, seed: int = 7) -> MemberDropout:
        return MemberDropout([50, 50], [rate, 0.0], [seed, 8], name="dropout")

    def test_the_share_of_zeros_is_the_rate_and_the_mean_stays(self) -> None:
        ones = np.ones((2000, 100), np.float32)
        dropped = np.asarray(self.layer(0.3)(ones, training=True))
        assert (dropped[:, :50] == 0).mean() == pytest.approx(0.3, abs=0.01)
        assert dropped[:, :50].mean() == pytest.approx(1, abs=0.02)
        assert (dropped[:, 50:] == 1).all()

    def test_it_does_nothing_when_not_training(self) -> None:
        ones = np.ones((4, 100), np.float32)
        assert (np.asarray(self.layer(0.5)(ones, training=False)) == 1).all()

    def test_steps_rows_columns_and_seeds_have_bits_of_their_own(self) -> None:
        ones = np.ones((64, 100), np.float32)
        layer = self.layer(0.5)
        first, second = (np.asarray(layer(ones, training=True))[:, :50] for _ in range(2))
        other = np.asarray(self.layer(0.5, seed=9)(ones, training=True))[:, :50]
        for a, b in ((first, second), (first, other), (first[:32], first[32:]), (first[:, :25], first[:, 25:])):
            assert np.corrcoef((a == 0).ravel(), (b == 0).ravel())[0, 1] == pytest.approx(0, abs=0.08)


def test_members_of_different_hidden_shapes_are_refused() -> None:
    first, second = points("mlp", (4, 4))
    second["hidden_units"] = (9,)
    with pytest.raises(InputError, match="share hidden_units"):
        factory_of(ModelSettings(kind="mlp"))(SHAPE, [first, second], [1, 2])


def test_a_wrong_number_of_activations_is_refused() -> None:
    settings = ModelSettings(kind="mlp", hidden_activations=("relu",))
    with pytest.raises(InputError, match="1 entries for 2 hidden layers"):
        build_model(settings, SHAPE, points("mlp", (4,))[0], 1)


def test_a_factory_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no_such_package:build cannot be imported"):
        factory_of(ModelSettings(factory="no_such_package:build"))


@pytest.mark.parametrize("name", ["mf", "nnmf", "mlp", "mlp with dot product"])
def test_full_score_matrices_are_the_predictions_of_every_pair(name: str) -> None:
    from recsys.models.model import score_all

    model = factory_of(settings_of(name))(SHAPE, points(name.split(maxsplit=1)[0], (2, 5, 3)), [1, 2, 3])
    random = np.random.default_rng(0)
    fill(model, {path: random.normal(size=a.shape).astype(np.float32) for path, a in weights_of(model).items()})
    scores = np.asarray(score_all(model, np.arange(30, dtype=np.int32), SHAPE.items))
    users, items = np.repeat(np.arange(30, dtype=np.int32), 20), np.tile(np.arange(20, dtype=np.int32), 30)
    np.testing.assert_allclose(scores.reshape(3, -1).T, predict(model, users, items), rtol=1e-4, atol=1e-4)


def test_a_model_of_ones_own_with_keras_dot_layer_is_scored_as_it_predicts() -> None:
    """Keras names its first Dot layer as the suite names its own."""
    user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
    sides = [keras.layers.Embedding(rows, 3)(ids) for rows, ids in ((31, user), (21, item))]
    model = keras.Model([user, item], keras.layers.Dot(axes=1, name="dot")(sides))
    users = np.array([0, 7, 29], np.int32)
    pairs = np.repeat(users, 20), np.tile(np.arange(20, dtype=np.int32), 3)
    scores = np.asarray(score_all(model, keras.ops.convert_to_tensor(users), 20))
    np.testing.assert_allclose(scores[0].ravel(), predict(model, *pairs)[:, 0], atol=1e-6)


def test_more_draws_than_there_is_memory_for_are_refused_with_how_many_there_could_be() -> None:
    settings, point = ModelSettings(kind="bayesian_mf"), default_point(ModelSettings(kind="bayesian_mf"))
    with pytest.raises(InputError, match=r"kept_draws: 100 draws of .* for 2,000,000,000 users .* it could keep \d+$"):
        build_model(settings, DataShape(users=10**9, items=10**9, mean=3.5), point, 1)
