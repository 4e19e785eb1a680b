"""Tests on synthetic data whose truth is known: features that matter help with new items, and noise does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recsys.data.ratings import Ratings
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split
from recsys.training.cohort import Trainer
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Trial

SOLVED = {"solver": "als", "embedding_size": 6, "l2": 0.1, "feature_l2": 0.01}
POINTS: dict[str, tuple[str, dict[str, Any], int]] = {
    "adam": ("mf", {"embedding_size": 8, "learning_rate": 0.01, "id_dropout": 0.5, "batch_size": 256}, 25),
    "als": ("mf", SOLVED, 20),
    "gibbs": ("bayesian_mf", {"embedding_size": 6, "chains": 1, "burn_in": 15, "kept_draws": 30}, 45),
}


@pytest.fixture(scope="module")
def ratings() -> Ratings:
    """8,000 ratings of 150 items with four features that matter and four that say nothing."""
    drawn = SyntheticSettings(users=200, items=150, ratings=8000, rank=3, item_features=4, noise_features=4)
    return synthetic_ratings(drawn)


def with_columns(ratings: Ratings, kept: str) -> Split:
    """The split by items of the ratings with the features whose names begin so; an empty text keeps none."""
    table = ratings.catalogue.item_features
    assert table is not None
    places = [place for place, name in enumerate(table.names) if kept and name.startswith(kept)]
    own = replace(
        table,
        rows=table.rows[:, places],
        names=[table.names[at] for at in places],
        columns=[table.columns[at] for at in places],
    )
    catalogue = replace(ratings.catalogue, item_features=own if places else None)
    return make_split(replace(ratings, catalogue=catalogue), SplitSettings(kind="cold_items", size=0.2))


@pytest.mark.parametrize("way", POINTS)
def test_they_help_with_new_items_and_noise_does_not(way: str, ratings: Ratings) -> None:
    kind, point, rounds = POINTS[way]
    model = ModelSettings(kind=kind)  # type: ignore[arg-type]  # one of the kinds

    def error(kept: str) -> float:
        split = with_columns(ratings, kept)
        trainer = Trainer(
            model,
            TrainingData(split.train, split.validation),
            TrainingSettings(epochs=rounds, patience=0),
            ObjectiveSettings(),
        )
        (result,) = trainer.train([Trial(0, {**default_point(model), **point}, 3, rounds)])
        return float(np.min(result.history["rmse"]))

    none, matter, noise = error(""), error("feature"), error("noise")
    assert matter < 0.93 * none
    assert noise > 0.985 * none
