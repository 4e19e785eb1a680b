"""Tests of baselines that an experiment names, besides those that every candidate has to beat."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.errors import InputError
from recsys.evaluation.baselines import tuning
from recsys.evaluation.baselines.table import FURTHER_BASELINES, RANKING_BASELINES, RATING_BASELINES, baselines_for
from recsys.evaluation.baselines.tuning import tune_all
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.experiment import Experiment, experiment_from
from recsys.reporter import quiet

RATINGS = make_ratings(30, 25, 300).with_positives_from(4)
ALWAYS = {"popularity", "item_knn", "ease", "ials"}


def experiment(*names: str, metric: str = "ndcg") -> Experiment:
    document = {
        "data": {"source": "synthetic"},
        "model": {"kind": "mf"},
        "objective": {"metric": metric},
        "promotion": {"baselines": list(names)},
    }
    return experiment_from(document, source="x.toml", folder=Path(), name="x")


def names(metric: str, *further: str) -> set[str]:
    return {each.name for each in baselines_for(metric_of(metric), RATINGS, further)}


def test_they_are_compared_with_only_where_they_are_named() -> None:
    assert names("ndcg") == ALWAYS
    assert names("ndcg", "slim", "user_knn") == {*ALWAYS, "slim", "user_knn"}
    assert names("rmse", "slim") == {each.name for each in RATING_BASELINES}
    assert not set(FURTHER_BASELINES) & set(RANKING_BASELINES)


def test_those_that_are_named_come_after_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "MAX_POSITIVES", 0)  # the defaults, without a search
    train, validation = RATINGS.take(np.arange(220)), RATINGS.take(np.arange(220, 300))
    found = tune_all(train, validation, ObjectiveSettings(metric="ndcg"), quiet, ["rp3beta"])
    assert list(found.chosen) == ["popularity", "item_knn", "ease", "ials", "rp3beta"]


def test_an_experiment_names_them() -> None:
    assert experiment().promotion.baselines == ()
    assert experiment("slim", "rp3beta").promotion.baselines == ("slim", "rp3beta")


def test_a_name_that_is_none_of_them_is_told_which_there_are() -> None:
    with pytest.raises(InputError, match=r"promotion\.baselines.*'user_knn', 'rp3beta' or 'slim'"):
        experiment("bpr")


def test_an_objective_of_ratings_has_none_of_them() -> None:
    message = "promotion.baselines: 'slim' makes lists, and objective.metric = 'rmse' is of ratings: leave it out"
    with pytest.raises(InputError, match=message):
        experiment("slim", metric="rmse")
