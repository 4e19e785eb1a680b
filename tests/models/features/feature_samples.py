"""Small ratings with features, and training on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Ratings
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.training.cohort import Trainer
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial

Array = np.ndarray[Any, np.dtype[Any]]
USERS, ITEMS = 30, 24
SOFTMAX = {"loss": "softmax", "embedding_size": 4, "batch_size": 64, "dropout": 0.0, "id_dropout": 0.0}
STARS = {"loss": "mean_squared_error", "embedding_size": 4, "batch_size": 64, "dropout": 0.0, "id_dropout": 0.0}
SAMPLED = {**SOFTMAX, "negatives": 8}
SOLVED_LISTS = {"loss": "weighted_squared", "solver": "als", "embedding_size": 4, "l2": 0.05, "unobserved_weight": 0.3}
SOLVED_STARS = {"loss": "mean_squared_error", "solver": "als", "embedding_size": 4, "l2": 0.1, "bias_l2": 0.05}
EVERY_WAY = {
    "softmax": SOFTMAX,
    "sampled": SAMPLED,
    "stars": STARS,
    "solved_lists": SOLVED_LISTS,
    "solved_stars": SOLVED_STARS,
}


def table_of(rows: Array) -> FeatureTable:
    """Features of so many rows, (n, F)."""
    names = [f"f{place}" for place in range(rows.shape[1])]
    return FeatureTable(csr_array(rows.astype(np.float32)), names, names)


def drawn_table(count: int, features: int, seed: int) -> Array:
    """About a third of the features of each row, with weights."""
    random = np.random.default_rng(seed)
    return np.where(random.random((count, features)) < 0.35, random.normal(size=(count, features)), 0.0)


def stars() -> Ratings:
    """400 ratings of 30 users and 24 items."""
    ratings = synthetic_ratings(SyntheticSettings(users=USERS, items=ITEMS, ratings=400))
    return ratings.with_positives_from(4.0)


def with_features(ratings: Ratings, items: Array | None = None, users: Array | None = None) -> Ratings:
    """The ratings with these features."""
    catalogue = replace(
        ratings.catalogue,
        item_features=None if items is None else table_of(items),
        user_features=None if users is None else table_of(users),
    )
    return replace(ratings, catalogue=catalogue)


def trained(ratings: Ratings, *points: dict[str, Any], kind: Any = "mf", rounds: int = 3, **model: Any) -> list[Result]:
    """What so many rounds make of points, in one cohort; without validation the last round is the best."""
    settings = ModelSettings(kind=kind, **model)
    ranking = points[0].get("loss", "softmax") not in ("mean_squared_error",)
    base = default_point(settings, ranking=ranking)
    data = TrainingData(ratings, ratings.take(np.arange(0)))
    objective = ObjectiveSettings(metric="ndcg" if ranking else "rmse")
    trainer = Trainer(settings, data, TrainingSettings(epochs=rounds, patience=0), objective)
    return trainer.train([Trial(number, base | point, 7, rounds) for number, point in enumerate(points)])
