"""Tests that untrained rows predict an average user or item, during training and in the saved weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import score_ratings
from recsys.models.model import build_model, fill
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.serving.scorer import Scorer
from recsys.splitting.split import Split
from recsys.training.cohort import Trainer
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial

USER, ITEM = 7, 11
"""Whom and what only validation knows."""
MF = ModelSettings(kind="mf")


@pytest.fixture(scope="module")
def data(split: Split) -> TrainingData:
    train, validation = (part.with_positives_from(4.0) for part in (split.train, split.validation))
    return TrainingData(train.take((train.users != USER) & (train.items != ITEM)), validation)


def trained(data: TrainingData, **point: Any) -> Result:
    lists = "loss" in point and point["loss"] == "softmax"
    whole = {**default_point(MF, ranking=lists), "embedding_size": 4, "batch_size": 128, "learning_rate": 0.05, **point}
    objective = ObjectiveSettings(metric="ndcg" if lists else "rmse")
    (result,) = Trainer(MF, data, TrainingSettings(epochs=2, patience=0), objective).train([Trial(0, whole, 5, 2)])
    return result


def test_least_squares_solve_for_them_which_is_0(data: TrainingData) -> None:
    weights = trained(data, solver="als").weights
    for side, code in (("user", USER), ("item", ITEM)):
        assert not weights[f"{side}_embedding/table"][[code, -1]].any()


def test_of_ratings_they_are_the_mean_of_the_trained_rows_without_biases(data: TrainingData) -> None:
    weights = trained(data).weights
    for side, codes, code in (("user", data.train.users, USER), ("item", data.train.items, ITEM)):
        table, known = weights[f"{side}_embedding/table"], np.unique(codes)
        for row in (code, len(table) - 1):
            np.testing.assert_allclose(table[row], table[known].mean(axis=0), atol=1e-6)
            assert weights[f"{side}_bias/table"][row] == 0


def test_a_loss_of_rankings_trains_every_item_and_the_users_who_have_chosen(data: TrainingData) -> None:
    weights = trained(data, loss="softmax").weights
    users, items = weights["user_embedding/table"], weights["item_embedding/table"]
    np.testing.assert_allclose(users[USER], users[np.unique(data.train.positives.users)].mean(axis=0), atol=1e-6)
    assert not np.allclose(items[ITEM], items[:-1].mean(axis=0), atol=1e-3)


def test_what_was_measured_in_training_is_what_the_kept_model_has(data: TrainingData) -> None:
    result = trained(data)
    model = fill(build_model(MF, data.shape, result.trial.point, result.trial.seed), result.weights)
    scored = score_ratings(Scorer([model], [1.0], (1.0, 5.0)), data.train, data.validation, ObjectiveSettings())
    assert scored.values["rmse"] == pytest.approx(result.values["rmse"], abs=1e-5)
    assert scored.warm["rmse"] != pytest.approx(scored.values["rmse"], abs=1e-5)
