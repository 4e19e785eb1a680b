"""Tests that what reads features of items judges new items, is promoted, and is served."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import recsys
from recsys.evaluation.baselines.table import FEATURE_BASELINES
from recsys.experiment import Experiment, experiment_from
from recsys.workflows.promotion.promotion import Promotion

USERS, ITEMS, TASTES = 40, 36, 3
NAMES = [each.name for each in FEATURE_BASELINES]


def write_tables(folder: Path) -> None:
    """People who choose items of their own genre, and the genre of every item."""
    random = np.random.default_rng(0)
    pairs = [(user, item) for user in range(USERS) for item in range(ITEMS) if item % TASTES == user % TASTES]
    kept = [pairs[at] for at in random.permutation(len(pairs))[:350]]
    pd.DataFrame(kept, columns=["user", "item"]).to_csv(folder / "choices.csv", index=False)
    genres = [f"genre {item % TASTES}" for item in range(ITEMS)]
    pd.DataFrame({"item": range(ITEMS), "genre": genres}).to_csv(folder / "items.csv", index=False)


def experiment(folder: Path) -> Experiment:
    document = {
        "data": {
            "source": "choices.csv",
            "feedback": "implicit",
            "columns": {"user": "user", "item": "item"},
            "items": {"path": "items.csv"},
        },
        "split": {"kind": "cold_items"},
        "model": {"kind": "mf"},
        "point": {"embedding_size": 4, "batch_size": 128, "loss": "softmax"},
        "space": {"learning_rate": {"type": "float", "low": 1e-3, "high": 1e-2, "scale": "log"}},
        "study": {"trials": 1},
        "training": {"epochs": 1},
        "objective": {"metric": "ndcg", "k": 2},
        "promotion": {"name": "new-items"},
    }
    return experiment_from(document, source="document", folder=folder, name="new-items")


@pytest.fixture(scope="module")
def uri(fresh_database: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("features")
    shutil.copy(fresh_database, folder / "mlflow.db")
    write_tables(folder)
    uri = f"sqlite:///{folder}/mlflow.db"
    recsys.sweep(experiment(folder), tracking_uri=uri)
    return uri


@pytest.fixture(scope="module")
def champion(uri: str) -> Promotion:
    return recsys.promote("new-items", baseline="feature_linear", accept_baseline_loss="equals", tracking_uri=uri)


def test_the_champion_beats_chance_and_is_tested_against_the_others(champion: Promotion) -> None:
    assert champion.promoted
    assert list(champion.baselines) == ["popularity", *(name for name in NAMES if name != "feature_linear")]
    assert champion.test["ndcg"] > champion.baselines["popularity"].value + 0.2
    assert set(champion.left_out) == {"item_knn", "ease", "ials"}


def test_a_trained_model_that_knows_ids_alone_is_refused(uri: str) -> None:
    refused = recsys.promote("new-items", dry_run=True, tracking_uri=uri)
    assert list(refused.baselines) == ["popularity", *NAMES]
    assert not refused.promoted


def test_a_person_who_is_in_no_data_has_a_list_of_the_genre_of_the_history(uri: str, champion: Promotion) -> None:
    for genre in range(TASTES):
        history = [genre, genre + TASTES]
        found = recsys.recommend(history=history, n=5, model=champion.model, tracking_uri=uri)
        assert {int(each.item) % TASTES for each in found.items} == {genre}
