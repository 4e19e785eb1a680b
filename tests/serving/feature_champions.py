"""Ratings with features of users and items, and small champions that are trained on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from recsys.data.features.encoder import FeatureEncoder
from recsys.data.features.encoders.category import CategoryEncoder
from recsys.data.features.encoders.flag import FlagEncoder
from recsys.data.features.feature_table import FeatureTable
from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.fallback import Fallback
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.serving.feedback import feedback_of
from recsys.serving.recommender import Recommender, known_items
from recsys.serving.scorer import Scorer
from recsys.training.recipe import Recipe
from recsys.training.settings import TrainingSettings
from recsys.workflows.comparison.refit import refit

USERS, ITEMS = 12, 15
NEW = 3
"""The last items, which nobody has rated."""
GENRES = ["drama", "comedy", "comedy|drama", "war", "war|drama", "comedy|war"]
USER_CELLS = {"gender": ["F", "M", None] * 4, "student": [n % 4 == 0 for n in range(USERS)]}
ITEM_CELLS = {"genres": [GENRES[n * 5 % 6] for n in range(ITEMS - 1)] + [None]}
"""Of the last item, nothing is known."""


def table_of(encoder: FeatureEncoder, cells: dict[str, Any]) -> FeatureTable:
    return FeatureTable(encoder.encode(cells), encoder.names, encoder.columns, encoder)


USER_ENCODER = FeatureEncoder(
    encoders=(
        CategoryEncoder(type="category", column="gender", known=8, values=("F", "M")),
        FlagEncoder(column="student", known=USERS),
    ),
    ids=USERS,
)
ITEM_ENCODER = FeatureEncoder(
    encoders=(
        CategoryEncoder(
            type="categories", column="genres", known=ITEMS - 1, values=("comedy", "drama", "war"), separator="|"
        ),
    ),
    ids=ITEMS,
)


def feature_ratings() -> Ratings:
    """Ratings of all items but the last ones, with timestamps."""
    random = np.random.default_rng(4)
    pairs = random.choice(USERS * (ITEMS - NEW), 80, replace=False)
    catalogue = Catalogue(
        pd.Index([f"u{n:02d}" for n in range(USERS)]),
        pd.Index(range(100, 100 + ITEMS)),
        np.array([f"Film {n}" for n in range(ITEMS)]),
        table_of(USER_ENCODER, USER_CELLS),
        table_of(ITEM_ENCODER, ITEM_CELLS),
    )
    return Ratings(
        users=(pairs // (ITEMS - NEW)).astype(np.int32),
        items=(pairs % (ITEMS - NEW)).astype(np.int32),
        values=random.integers(1, 6, len(pairs)).astype(np.float32),
        timestamps=np.arange(len(pairs)),
        scale=(1.0, 5.0),
        catalogue=catalogue,
        name="films",
        positive_from=3.0,
    )


RATINGS = feature_ratings()


def before_release(ratings: Ratings = RATINGS) -> Ratings:
    """The ratings without the last items."""
    catalogue = ratings.catalogue
    kept = catalogue.take(np.arange(catalogue.users), np.arange(catalogue.items - NEW))
    return replace(ratings, catalogue=kept)


def unreleased(ratings: Ratings = RATINGS) -> Ratings:
    """The ratings with the last items in the catalogue, before they are released."""
    return replace(ratings, unreleased=np.arange(ratings.catalogue.items) >= ratings.catalogue.items - NEW)


def champion(ratings: Ratings, kind: str, *, epochs: int = 3, biases: bool = True, **point: Any) -> Recommender:
    """A champion that is trained on ratings, as it would be served."""
    settings = ModelSettings(kind=kind, biases=biases) if kind in ("mf", "nnmf", "mlp") else ModelSettings(kind=kind)
    ranking = point.get("loss") not in (None, "mean_squared_error")
    small = {"embedding_size": 3, "batch_size": 32, "learning_rate": 0.05, "l2": 0.02, **point}
    defaults = default_point(settings, ranking=ranking)
    whole = {**defaults, **{name: value for name, value in small.items() if name in defaults or name in point}}
    objective = ObjectiveSettings(metric="ndcg" if ranking else "rmse")
    recipe = Recipe(settings, TrainingSettings(epochs=epochs, patience=0), whole, 5, epochs)
    scorer = refit([recipe], ratings, objective)
    histories = Histories.of(ratings)
    if isinstance(scorer, Scorer) and scorer.reads_histories:
        scorer = replace(scorer, histories=histories)
    return Recommender(
        scorer, ratings.catalogue, known_items(ratings), feedback_of(ratings), Fallback.of(ratings), histories
    )
