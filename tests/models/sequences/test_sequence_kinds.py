"""Tests of the properties that all kinds share whose input is a history."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from recsys.errors import InputError
from recsys.models.fold_in.user_history import UserHistory
from recsys.models.inputs import DataShape
from recsys.models.kinds import KINDS, kind_of_model
from recsys.models.layers import member_layers
from recsys.models.model import build_model, factory_of, fill, predict, score_all
from recsys.models.sequences.scores import states_of
from recsys.models.settings import ModelSettings
from recsys.models.summary import graph_png, layer_table

ITEMS, LENGTH = 20, 6
SHAPE = DataShape(users=30, items=ITEMS, mean=1.0)
RANDOM = np.random.default_rng(0)
HISTORIES = RANDOM.integers(0, ITEMS, (7, LENGTH)).astype(np.int32)
HISTORIES[0] = ITEMS
HISTORIES[1, :4] = ITEMS
CASES: dict[str, dict[str, Any]] = {
    "sequential_mf": {"heads": 3},
    "sequential_mf with hidden layers": {"heads": 2, "hidden_units": (5, 8)},
    "sasrec": {"attention_heads": 2, "blocks": 2},
}


def points(name: str, count: int) -> tuple[ModelSettings, list[dict[str, Any]]]:
    """Points that differ in what the members of a cohort may differ in."""
    settings = ModelSettings.model_validate({"kind": name.split(maxsplit=1)[0]})
    base = KINDS[str(settings.kind)].defaults(ranking=True) | {"history_length": LENGTH} | CASES[name]
    sizes = [8] * count if settings.kind == "sasrec" or "hidden" in name else [8, 5, 6][:count]
    return settings, [{**base, "embedding_size": size, "dropout": 0.1 * n} for n, size in enumerate(sizes)]


def scored(model: keras.Model, histories: Any = HISTORIES) -> Any:
    return np.asarray(score_all(model, tf.constant(histories), ITEMS))


@pytest.mark.parametrize("name", CASES)
class TestEverySequenceKind:
    def test_scores_of_all_items_are_those_of_pairs(self, name: str) -> None:
        settings, several = points(name, 2)
        model = factory_of(settings)(SHAPE, several, [1, 2])
        assert kind_of_model(model).name == settings.kind
        whole = scored(model)
        for item in (0, 7, 19):
            pairs = predict(model, HISTORIES, np.full(len(HISTORIES), item, np.int32))
            np.testing.assert_allclose(pairs, whole[:, :, item].T, rtol=1e-4, atol=1e-5)

    def test_a_member_scores_as_it_would_alone(self, name: str) -> None:
        settings, several = points(name, 3)
        together = scored(factory_of(settings)(SHAPE, several, [1, 2, 3]))
        for place, point in enumerate(several):
            alone = scored(build_model(settings, SHAPE, point, place + 1))[0]
            np.testing.assert_allclose(together[place], alone, atol=1e-5)

    def test_what_is_taken_from_a_cohort_fills_the_ordinary_model(self, name: str) -> None:
        settings, several = points(name, 2)
        cohort = factory_of(settings)(SHAPE, several, [1, 2])
        own: dict[str, Any] = {}
        for layer in member_layers(cohort):
            arrays = [np.asarray(weight.value) for weight in layer.weights]
            if arrays:
                own.update(zip([w.path for w in layer.weights], layer.take(arrays, 1), strict=True))
        single = fill(build_model(settings, SHAPE, several[1], 99), own)
        np.testing.assert_allclose(scored(single)[0], scored(cohort)[1], atol=1e-5)

    def test_a_saved_model_scores_the_same(self, name: str, tmp_path: Any) -> None:
        settings, (point,) = points(name, 1)
        model, kind = build_model(settings, SHAPE, point, 1), KINDS[str(settings.kind)]
        kind.save(model, tmp_path / "model")
        np.testing.assert_array_equal(scored(kind.load(tmp_path / "model")), scored(model))

    def test_the_state_of_a_place_depends_on_nothing_after_it(self, name: str) -> None:
        settings, several = points(name, 2)
        model = factory_of(settings)(SHAPE, several, [1, 2])
        before = np.asarray(states_of(model, tf.constant(HISTORIES), training=False))
        for place in range(LENGTH):
            changed = HISTORIES.copy()
            changed[:, place + 1 :] = RANDOM.integers(0, ITEMS, changed[:, place + 1 :].shape)
            after = np.asarray(states_of(model, tf.constant(changed), training=False))
            np.testing.assert_allclose(after[:, :, : place + 1], before[:, :, : place + 1], atol=1e-6)

    def test_a_person_is_scored_alike_in_any_company(self, name: str) -> None:
        settings, (point,) = points(name, 1)
        model = build_model(settings, SHAPE, point, 1)
        order = RANDOM.permutation(len(HISTORIES))
        np.testing.assert_allclose(scored(model, HISTORIES[order])[0], scored(model)[0][order], atol=1e-5)

    def test_folding_a_person_in_is_reading_the_history(self, name: str) -> None:
        settings, (point,) = points(name, 1)
        model, kind = build_model(settings, SHAPE, point, 1), KINDS[str(settings.kind)]
        for row in (1, 3):
            chosen = HISTORIES[row][HISTORIES[row] < ITEMS]
            user_history = UserHistory(chosen, np.ones(len(chosen)), np.ones(len(chosen)))
            folded = kind.fold_in(model, point, ITEMS).scores(user_history)
            np.testing.assert_allclose(folded, scored(model)[0, row], atol=1e-5)

    def test_its_layer_table_and_graph_can_be_shown(self, name: str) -> None:
        settings, (point,) = points(name, 1)
        model = build_model(settings, SHAPE, point, 1)
        assert "history_embedding" in layer_table(model)
        assert graph_png(model).startswith(b"\x89PNG")


def test_one_member_without_hidden_layers_is_its_formula_in_numpy() -> None:
    settings, (point,) = points("sequential_mf", 1)
    model = build_model(settings, SHAPE, {**point, "heads": 1}, 1)
    tables = {layer.name: np.asarray(layer.weights[0]) for layer in member_layers(model) if layer.weights}
    decay = 1 / (1 + np.exp(-tables["sums"][0, 0]))
    chosen = HISTORIES[3]
    powers = decay ** np.arange(LENGTH)[::-1]
    state = (powers[:, None] * tables["history_embedding"][chosen]).sum(axis=0) / np.sqrt(powers.sum())
    expected = tables["item_embedding"][:ITEMS] @ state + tables["item_bias"][:ITEMS, 0]
    np.testing.assert_allclose(scored(model)[0, 3], expected, rtol=1e-4, atol=1e-5)


def test_attention_is_that_of_keras() -> None:
    """One block of the model against Keras's own attention layer with the same kernels."""
    settings, (point,) = points("sasrec", 1)
    model = build_model(settings, SHAPE, {**point, "dropout": 0.0}, 1)
    layers = {layer.name: layer for layer in model.layers}
    random = np.random.default_rng(1)
    normal = tf.constant(random.normal(size=(1, 3, LENGTH, 8)).astype(np.float32))
    history = tf.constant(HISTORIES[3:6])
    query, key, value = (layers[f"{name}_0"](normal) for name in ("query", "key", "value"))
    ours = layers["attention_0"](query, key, value, history)[0]
    theirs = keras.layers.MultiHeadAttention(2, 4, use_bias=True)
    theirs(normal[0], normal[0])
    weights: list[Any] = []
    for name in ("query", "key", "value"):
        kernel, bias = (np.asarray(each) for each in layers[f"{name}_0"].weights)
        weights += [kernel[0].reshape(8, 2, 4), bias[0].reshape(2, 4)]
    theirs.set_weights([*weights, np.eye(8).reshape(2, 4, 8), np.zeros(8)])
    np.testing.assert_allclose(ours, theirs(normal[0], normal[0], use_causal_mask=True), rtol=1e-4, atol=1e-5)


def test_a_width_that_the_heads_do_not_divide_is_refused() -> None:
    settings, (point,) = points("sasrec", 1)
    with pytest.raises(InputError, match="embedding_size: 9, expected a multiple of attention_heads, 2"):
        build_model(settings, SHAPE, {**point, "embedding_size": 9}, 1)
