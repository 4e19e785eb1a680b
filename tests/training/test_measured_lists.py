"""Tests of lists measured in training: the compiled graph equals plain NumPy and ranx, including ties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from recsys.evaluation.fallback import Fallback
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import evaluate_ranking
from recsys.models.mf.kind import MF
from recsys.models.model import factory_of, score_all
from recsys.models.parameters import default_point
from recsys.models.plan import plan_of
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.splitting.split import Split
from recsys.training.measure import Measure, ranking_part_of

K, MEMBERS = 5, 3
SETTINGS = ModelSettings(kind="mf")


@pytest.fixture(scope="module")
def data(split: Split) -> TrainingData:
    train, validation = (part.with_positives_from(4.0) for part in (split.train, split.validation))
    return TrainingData(train, validation)


@pytest.fixture(scope="module")
def model(data: TrainingData) -> keras.Model:
    """Three members whose scores are small whole numbers, so that most lists have ties at their border."""
    base = default_point(SETTINGS, ranking=True)
    points = [{**base, "embedding_size": size} for size in (1, 2, 4)]
    built = factory_of(SETTINGS)(data.shape, points, [0, 1, 2])
    random = np.random.default_rng(0)
    for layer in (each for each in built.layers if each.weights):
        layer.table.assign(random.integers(-1, 2, layer.table.shape).astype(np.float32))
    return built


@pytest.fixture(scope="module")
def scores(model: keras.Model, data: TrainingData) -> np.ndarray:
    """(M, U, I)."""
    return np.asarray(score_all(model, np.arange(data.shape.users, dtype=np.int32), data.shape.items))


def measured(model: keras.Model, data: TrainingData, loss: str = "softmax") -> dict[str, np.ndarray]:
    objective = ObjectiveSettings(metric="ndcg", k=K)
    return dict(Measure(MF, model, data, objective, plan_of({"loss": loss}))())


def test_every_metric_of_lists_is_that_of_plain_numpy(
    model: keras.Model, data: TrainingData, scores: np.ndarray
) -> None:
    ours = measured(model, data)
    theirs = evaluate_ranking(lambda users: scores[:, users], data.train, data.validation, K, 4.0).values
    assert set(ours) == set(theirs)
    for name, values in theirs.items():
        np.testing.assert_allclose(ours[name], values, atol=1e-9, err_msg=name)


def test_every_metric_of_lists_is_that_of_ranx(
    model: keras.Model, data: TrainingData, scores: np.ndarray, ranx: Any
) -> None:
    """Ranx breaks ties as it likes, so it is given places: equal scores as the fallback orders them."""
    ours = measured(model, data)
    liked = data.validation.take(data.validation.values >= 4)
    users = np.unique(liked.users)
    qrels = ranx.Qrels({str(u): {str(i): 1 for i in liked.items[liked.users == u]} for u in users})
    names = ["ndcg", "recall", "precision", "map", "mrr", "hit_rate"]
    fallback = Fallback.of(data.train)
    assert not fallback.cold(rates=False)[users].any()
    first = np.argsort(fallback.order)
    for member in range(MEMBERS):
        run = {}
        for user in users:
            unseen = np.setdiff1d(np.arange(data.shape.items), data.train.items[data.train.users == user])
            ordered = sorted(unseen, key=lambda item: (-scores[member, user, item], first[item]))
            run[str(user)] = {str(item): float(-place) for place, item in enumerate(ordered)}
        theirs = ranx.evaluate(qrels, ranx.Run(run), [f"{name}@{K}" for name in names], make_comparable=True)
        for name in names:
            assert ours[name][member] == pytest.approx(theirs[f"{name}@{K}"], abs=1e-9), name


def test_there_are_ties_at_the_border_of_most_lists(data: TrainingData, scores: np.ndarray) -> None:
    """Or the tests above would say little."""
    seen = np.zeros(scores.shape[1:], bool)
    seen[data.train.users, data.train.items] = True
    ordered = -np.sort(-np.where(seen, -np.inf, scores), axis=-1)
    assert (ordered[..., K - 1] == ordered[..., K]).mean() > 0.5


def test_what_counts_as_seen_is_all_of_the_training_part_and_nothing_else(
    model: keras.Model, data: TrainingData, scores: np.ndarray
) -> None:
    """Also ratings that are no positives; a validation item stays a candidate, and is never passed over."""
    mask = np.zeros(scores.shape[1:], bool)
    mask[data.train.users, data.train.items] = True
    found = ranking_part_of(data, ObjectiveSettings(metric="ndcg", k=K))
    np.testing.assert_array_equal(found.cases.seen.toarray().astype(bool), mask[found.users])
    assert not mask[data.validation.users, data.validation.items].any()
    liked = replace(data, train=data.train.positives)
    assert measured(model, liked)["ndcg"].tolist() != measured(model, data)["ndcg"].tolist()


def test_a_member_with_a_score_that_is_no_number_has_no_value(data: TrainingData) -> None:
    base = default_point(SETTINGS, ranking=True)
    one = factory_of(SETTINGS)(data.shape, [{**base, "embedding_size": 2}] * 2, [0, 1])
    healthy = measured(one, data)
    layer = one.get_layer("item_embedding")
    table = layer.table.numpy()
    table[:, layer.layout.columns[1]] = np.nan
    layer.table.assign(table)
    broken = measured(one, data)
    assert broken["ndcg"][0] == healthy["ndcg"][0]
    assert np.isnan(broken["ndcg"][1])


def test_metrics_of_ratings_are_there_where_the_model_predicts_ratings_only(
    model: keras.Model, data: TrainingData
) -> None:
    assert "rmse" not in measured(model, data)
    assert {"rmse", "ndcg"} <= set(measured(model, data, "huber"))
