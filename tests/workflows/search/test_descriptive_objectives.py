"""Tests of objectives that describe lists: measured in training, and refused if the data lack what they need."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.errors import InputError
from recsys.experiment import load_experiment
from recsys.workflows.search.prepare import prepare_data
from recsys.workflows.search.train import train


def test_every_epoch_measures_a_descriptive_metric_that_is_an_objective(experiment: Path, store_uri: str) -> None:
    names = ["ndcg", "diversity", "popularity_lift"]
    trained = train(experiment, overrides={"objective.metrics": names, "point.loss": "softmax"}, tracking_uri=store_uri)
    assert {"diversity", "popularity_lift"} < trained.validation.keys()
    assert not {"serendipity", "entropy", "graded_ndcg"} & trained.validation.keys()
    assert 0 < trained.validation["diversity"] < 1


@pytest.mark.parametrize(
    ("objective", "key"), [({"metric": "calibration"}, "metric"), ({"metrics": ["ndcg", "calibration"]}, "metrics")]
)
def test_calibration_without_categories_is_refused(experiment: Path, objective: dict[str, object], key: str) -> None:
    with pytest.raises(InputError) as error:
        prepare_data(load_experiment(experiment, {f"objective.{name}": value for name, value in objective.items()}))
    assert str(error.value) == (
        f"objective.{key}: 'calibration' needs a column of categories in data.items, which the data lack: expected "
        "another metric"
    )


def test_a_comparison_with_what_users_did_before_is_refused_if_all_are_new(experiment: Path) -> None:
    new = {"split.kind": "cold_users", "split.validation.kind": "cold_users", "objective.metric": "popularity_lift"}
    with pytest.raises(
        InputError, match="'popularity_lift' needs users with positives before the part that is measured"
    ):
        prepare_data(load_experiment(experiment, new))


def test_the_diversity_of_single_items_is_refused(experiment: Path) -> None:
    with pytest.raises(InputError, match=r"objective: k = 1: diversity needs lists of at least 2 items"):
        load_experiment(experiment, {"objective.metrics": ["ndcg", "diversity"], "objective.k": 1})
