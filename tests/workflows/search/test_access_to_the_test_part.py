"""Tests of accesses to the test part: they are counted by the ratings used, and their values are recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.errors import InputError
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.comparison.compare import compare
from recsys.workflows.search.sweep import sweep
from recsys.workflows.search.train import train


def test_a_look_is_counted_by_its_ratings_and_its_values_are_kept(experiment: Path, store_uri: str) -> None:
    trained = train(experiment, open_test=True, tracking_uri=store_uri)
    sweep(experiment, name="other", trials=1, tracking_uri=store_uri, overrides=["split.validation.size=0.3"])
    sweep(experiment, name="elsewhere", trials=1, tracking_uri=store_uri, overrides=["split.seed=5"])
    assert compare("other", tracking_uri=store_uri).openings == 1
    assert compare("elsewhere", tracking_uri=store_uri).openings == 0
    store = MlflowStore(store_uri)
    assert trained.test is not None
    assert store.find(trained.run_id).metrics["test_rmse"] == pytest.approx(trained.test["rmse"])
    assert not any(name.startswith("test_") for name in store.history(trained.run_id))


def test_a_threshold_that_no_rating_reaches_is_named_before_anything_is_trained(
    experiment: Path, store_uri: str
) -> None:
    with pytest.raises(InputError, match=r"objective\.threshold = 6.*ndcg has no value; the highest rating is 5"):
        sweep(experiment, overrides=["objective.metric=ndcg", "objective.threshold=6"], tracking_uri=store_uri)
    assert MlflowStore(store_uri).sweeps() == []
