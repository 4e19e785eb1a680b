"""Tests that the kind `ease` is the baseline of that name, as a model that is swept, saved and served."""

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
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.ease.kind import EASE_KIND
from recsys.models.model import build_model, fill, predict, score_all, windows_of
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.training.cohort import Trainer
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial

DRAWN = SyntheticSettings(users=80, items=30, ratings=1200, rank=3, persistence=0.7)
SETTINGS = ModelSettings(kind="ease")
POINT: dict[str, Any] = {**EASE_KIND.defaults(ranking=True), "l2": 20.0}


@pytest.fixture(scope="module")
def train() -> Ratings:
    events = synthetic_sequences(DataSettings(source="synthetic", feedback="implicit", synthetic=DRAWN))
    return replace(events, ordered=True)


def trained(train: Ratings, **changes: Any) -> tuple[keras.Model, Result]:
    data = TrainingData(train, train.take(np.arange(0)))
    trainer = Trainer(SETTINGS, data, TrainingSettings(epochs=1, patience=0), ObjectiveSettings(metric="ndcg"))
    (result,) = trainer.train([Trial(0, {**POINT, **changes}, 0, 1)])
    model = build_model(SETTINGS, data.shape, result.trial.point, 0)
    return fill(model, result.weights), result


@pytest.mark.parametrize("half_life", [0.0, 2.5])
class TestEaseKind:
    def test_its_scores_are_those_of_the_baseline(self, half_life: float, train: Ratings) -> None:
        model, result = trained(train, history_half_life=half_life)
        settings = {"history_half_life": half_life} if half_life else {}
        judge = EASE(l2=20.0, **settings).fit(train)
        users = np.arange(DRAWN.users, dtype=np.int32)
        windows = windows_of(model, Histories.of(train))
        scores = np.asarray(score_all(model, tf.constant(windows), DRAWN.items))[0]
        np.testing.assert_allclose(scores, judge.score_all(users, DRAWN.items), rtol=1e-3, atol=1e-5)
        assert result.history["train_loss"][0] > 0

    def test_scores_of_pairs_are_those_of_all_items(self, half_life: float, train: Ratings) -> None:
        model, _ = trained(train, history_half_life=half_life)
        windows = windows_of(model, Histories.of(train))[:5]
        whole = np.asarray(score_all(model, tf.constant(windows), DRAWN.items))[0]
        pairs = predict(model, windows, np.full(5, 7, np.int32))[:, 0]
        np.testing.assert_allclose(pairs, whole[:, 7], rtol=1e-5, atol=1e-6)

    def test_a_saved_model_scores_the_same(self, half_life: float, train: Ratings, tmp_path: Path) -> None:
        model, _ = trained(train, history_half_life=half_life)
        windows = tf.constant(windows_of(model, Histories.of(train)))
        EASE_KIND.save(model, tmp_path / "model")
        again = EASE_KIND.load(tmp_path / "model")
        one, other = (score_all(each, windows, DRAWN.items) for each in (model, again))
        np.testing.assert_array_equal(one, other)


def test_the_training_loss_is_the_squared_error_of_each_positive(train: Ratings) -> None:
    model, result = trained(train)
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

    monkeypatch.setattr("recsys.models.ease.solver.item_weights", counted)
    data = TrainingData(train, train.take(np.arange(0)))
    trainer = Trainer(SETTINGS, data, TrainingSettings(epochs=3, patience=0), ObjectiveSettings(metric="ndcg"))
    for l2 in (20.0, 50.0):
        (result,) = trainer.train([Trial(0, {**POINT, "l2": l2}, 0, 3)])
        assert len(set(result.history["train_loss"])) == 1
    assert solved == [20.0, 50.0]
