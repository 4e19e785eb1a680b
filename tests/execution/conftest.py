"""Fixtures with a small task and its cohorts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recsys.evaluation.objective import ObjectiveSettings
from recsys.execution.executor import Task
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.splitting.split import Split
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Trial


@pytest.fixture(scope="session")
def task(split: Split) -> Task:
    data = TrainingData(split.train, split.validation)
    return Task(ModelSettings(kind="mf"), data, TrainingSettings(epochs=4), ObjectiveSettings(), resumable=False)


@pytest.fixture(scope="session")
def cohorts() -> list[list[Trial]]:
    """Three cohorts of two."""
    point = {**default_point(ModelSettings(kind="mf")), "batch_size": 128}
    trials = [Trial(n, {**point, "embedding_size": 2 + n}, seed=n, last_epoch=4) for n in range(6)]
    return [trials[:2], trials[2:4], trials[4:]]


@pytest.fixture(scope="session")
def list_task(task: Task, split: Split) -> Task:
    """The same for lists."""
    train, validation = (part.with_positives_from(4.0) for part in (split.train, split.validation))
    return replace(task, data=TrainingData(train, validation), objective=ObjectiveSettings(metric="ndcg"))


@pytest.fixture(scope="session")
def list_cohorts() -> list[list[Trial]]:
    """Users against all items, choices against shared negatives, and least squares."""
    point = {**default_point(ModelSettings(kind="mf"), ranking=True), "batch_size": 128}
    kinds = [{"loss": "softmax"}, {"loss": "bpr", "negatives": 16}, {"loss": "weighted_squared", "solver": "als"}]
    trials = [Trial(n, {**point, **kinds[n // 2], "embedding_size": 2 + n}, seed=n, last_epoch=4) for n in range(6)]
    return [trials[:2], trials[2:4], trials[4:]]
