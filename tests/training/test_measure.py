"""Tests of the values that are measured for every member after every epoch."""

from __future__ import annotations

import numpy as np
import pytest

from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import score_lists
from recsys.models.kinds import KINDS
from recsys.models.model import build_model
from recsys.models.parameters import default_point
from recsys.models.plan import plan_of
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.serving.scorer import Scorer
from recsys.splitting.split import Split
from recsys.training.measure import Measure, ranking_part_of

MF = ModelSettings(kind="mf")
POINT = {**default_point(MF, ranking=True), "embedding_size": 4}


@pytest.fixture(scope="module")
def data(split: Split) -> TrainingData:
    return TrainingData(split.train, split.validation)


def measure(data: TrainingData, objective: ObjectiveSettings) -> tuple[Measure, Scorer]:
    model = build_model(MF, data.shape, POINT, seed=3)
    return Measure(KINDS["mf"], model, data, objective, plan_of(POINT)), Scorer([model], [1.0], None, rates=False)


@pytest.mark.parametrize("settings", [{}, {"also_at": (3, 20)}, {"users": 7, "also_at": (1,)}])
def test_lists_are_measured_as_they_are_when_a_model_is_scored(data: TrainingData, settings: dict[str, object]) -> None:
    objective = ObjectiveSettings.model_validate({"metric": "ndcg", "k": 5, **settings})
    mine, scorer = measure(data, objective)
    values = mine()
    theirs = score_lists(scorer, data.train, data.validation, objective).values
    assert set(values) == set(theirs)
    for name, value in theirs.items():
        assert values[name] == pytest.approx(value, abs=1e-9), name


def test_scores_of_large_catalogues_are_made_for_few_users_at_a_time(
    data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    objective = ObjectiveSettings(metric="ndcg")
    whole = measure(data, objective)[0]()
    items, asked = data.shape.items, []
    monkeypatch.setattr("recsys.training.measure._SCORES", items)
    monkeypatch.setattr("recsys.training.measure._MOST_SCORES", 3 * items)
    small, _ = measure(data, objective)
    lists = small._lists

    def watched(users: np.ndarray, seen: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        asked.append(len(users))
        return lists(users, seen, k)

    monkeypatch.setattr(small, "_lists", watched)
    assert {name: float(v[0]) for name, v in small().items()} == pytest.approx(
        {n: float(v[0]) for n, v in whole.items()}
    )
    assert set(asked) == {3}


def test_the_part_is_made_once_for_all_programs(data: TrainingData) -> None:
    objective = ObjectiveSettings(metric="ndcg")
    assert ranking_part_of(data, objective) is ranking_part_of(data, objective.model_copy(update={"k": 3}))
    assert ranking_part_of(data, objective) is not ranking_part_of(data, objective.model_copy(update={"users": 7}))
