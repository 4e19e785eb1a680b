"""Tests that the kinds of item weights are the baselines of their names, as models that are swept, saved and served."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from recsys.algebra.item_weights import item_weights
from recsys.data.histories import Histories
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings, SyntheticSettings
from recsys.data.synthetic import synthetic_sequences
from recsys.evaluation.baselines.ease import EASE
from recsys.evaluation.baselines.item_knn import ItemKNN
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.kinds import KINDS
from recsys.models.model import build_model, fill, predict, score_all, windows_of
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.training.cohort import Trainer
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial

DRAWN = SyntheticSettings(users=80, items=30, ratings=1200, rank=3, persistence=0.7)
JUDGES: dict[str, Any] = {"ease": EASE, "item_knn": ItemKNN}
SETTINGS: dict[str, dict[str, Any]] = {"ease": {"l2": 20.0}, "item_knn": {"neighbours": 6, "shrinkage": 3.0}}


@pytest.fixture(scope="module")
def train() -> Ratings:
    events = synthetic_sequences(DataSettings(source="synthetic", feedback="implicit", synthetic=DRAWN))
    return replace(events, ordered=True)


def trainer(kind: str, train: Ratings, epochs: int = 1) -> Trainer:
    data = TrainingData(train, train.take(np.arange(0)))
    settings = TrainingSettings(epochs=epochs, patience=0)
    return Trainer(ModelSettings(kind=kind), data, settings, ObjectiveSettings(metric="ndcg"))


def trained(kind: str, train: Ratings, **changes: Any) -> tuple[keras.Model, Result]:
    point = {**KINDS[kind].defaults(ranking=True), **SETTINGS[kind], **changes}
    used = trainer(kind, train)
    (result,) = used.train([Trial(0, point, 0, 1)])
    model = build_model(ModelSettings(kind=kind), used.data.shape, result.trial.point, 0)
    return fill(model, result.weights), result


@pytest.mark.parametrize("half_life", [0.0, 2.5])
@pytest.mark.parametrize("kind", JUDGES)
class TestItemWeightsKinds:
    def test_its_scores_are_those_of_the_baseline(self, kind: str, half_life: float, train: Ratings) -> None:
        model, _ = trained(kind, train, history_half_life=half_life)
        settings = {"history_half_life": half_life} if half_life else {}
        judge = JUDGES[kind](**SETTINGS[kind], **settings).fit(train)
        users = np.arange(DRAWN.users, dtype=np.int32)
        windows = windows_of(model, Histories.of(train))
        scores = np.asarray(score_all(model, tf.constant(windows), DRAWN.items))[0]
        np.testing.assert_allclose(scores, judge.score_all(users, DRAWN.items), rtol=1e-3, atol=1e-5)

    def test_scores_of_pairs_are_those_of_all_items(self, kind: str, half_life: float, train: Ratings) -> None:
        model, _ = trained(kind, train, history_half_life=half_life)
        windows = windows_of(model, Histories.of(train))[:5]
        whole = np.asarray(score_all(model, tf.constant(windows), DRAWN.items))[0]
        pairs = predict(model, windows, np.full(5, 7, np.int32))[:, 0]
        np.testing.assert_allclose(pairs, whole[:, 7], rtol=1e-5, atol=1e-6)

    def test_a_saved_model_scores_the_same(self, kind: str, half_life: float, train: Ratings, tmp_path: Path) -> None:
        model, _ = trained(kind, train, history_half_life=half_life)
        windows = tf.constant(windows_of(model, Histories.of(train)))
        KINDS[kind].save(model, tmp_path / "model")
        again = KINDS[kind].load(tmp_path / "model")
        one, other = (score_all(each, windows, DRAWN.items) for each in (model, again))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", JUDGES)
def test_the_training_loss_is_the_squared_error_of_each_positive(kind: str, train: Ratings) -> None:
    model, result = trained(kind, train)
    weights = np.asarray(model.get_layer("item_weights").table, np.float64)
    owned = np.zeros((DRAWN.users, DRAWN.items))
    owned[train.users, train.items] = 1
    expected = ((owned - owned @ weights) ** 2).sum() / len(train)
    assert result.history["train_loss"][0] == pytest.approx(expected, rel=1e-4)


def test_later_epochs_do_not_solve_again(train: Ratings, monkeypatch: pytest.MonkeyPatch) -> None:
    solved: list[float] = []

    def counted(owned: Any, l2: float) -> Any:
        solved.append(l2)
        return item_weights(owned, l2)

    monkeypatch.setattr("recsys.algebra.item_weights.item_weights", counted)
    used = trainer("ease", train, epochs=3)
    for l2 in (20.0, 50.0):
        point = {**KINDS["ease"].defaults(ranking=True), "l2": l2}
        (result,) = used.train([Trial(0, point, 0, 3)])
        assert len(set(result.history["train_loss"])) == 1
    assert solved == [20.0, 50.0]


def test_another_loss_is_refused() -> None:
    (method,) = KINDS["item_knn"].solvers
    assert list(method.complaints(["weighted_squared", "softmax"])) == [
        "loss: 'closed_form' reports 'weighted_squared', not 'softmax'"
    ]
