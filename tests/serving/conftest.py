"""Fixtures with a small recommender, and the same recommender as an MLflow model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from serving_samples import ITEMS, POINT, USERS

from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.fallback import Fallback
from recsys.models.inputs import DataShape
from recsys.models.model import build_model
from recsys.models.settings import ModelSettings
from recsys.serving.feedback import feedback_of
from recsys.serving.mlflow_model import save_model
from recsys.serving.recommender import Recommender, known_items
from recsys.serving.scorer import Scorer


@pytest.fixture(scope="session")
def served_ratings() -> Ratings:
    """Ratings of users that are strings and items that are numbers."""
    random = np.random.default_rng(3)
    pairs = random.choice(len(USERS) * len(ITEMS), 90, replace=False)
    titles = np.array([f"Film {item}" for item in ITEMS])
    return Ratings(
        users=(pairs // len(ITEMS)).astype(np.int32),
        items=(pairs % len(ITEMS)).astype(np.int32),
        values=random.integers(1, 6, len(pairs)).astype(np.float32),
        timestamps=None,
        scale=(1.0, 5.0),
        catalogue=Catalogue(pd.Index(USERS), pd.Index(ITEMS), titles),
        name="films",
    )


@pytest.fixture(scope="session")
def recommender(served_ratings: Ratings) -> Recommender:
    """An untrained model answers as well as a trained one."""
    shape = DataShape(len(USERS), len(ITEMS), 3.5)
    model = build_model(ModelSettings(kind="mf"), shape, POINT, 5)
    for variable in model.trainable_variables:
        variable.assign(np.random.default_rng(1).normal(0, 0.6, variable.shape))
    scorer = Scorer([model], [1.0], (1.0, 5.0), points=[POINT])
    return Recommender(
        scorer,
        served_ratings.catalogue,
        known_items(served_ratings),
        feedback_of(served_ratings),
        Fallback.of(served_ratings),
    )


@pytest.fixture(scope="session")
def model_folder(recommender: Recommender, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "model"
    save_model(recommender, folder, {"card.md": "# films"})
    return folder
