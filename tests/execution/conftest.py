"""A small task and its cohorts."""

from __future__ import annotations

import pytest

from recsys.evaluation.objective import ObjectiveSettings
from recsys.execution.executor import Task
from recsys.models.factory import ModelSettings
from recsys.models.parameters import default_point
from recsys.splitting.split import Split
from recsys.training.data import TrainingData
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
