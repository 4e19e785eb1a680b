"""Tests of the notice that a list is as long as its set of candidates, which makes its metric uninformative."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recsys.experiment import load_experiment
from recsys.workflows.comparison.baselines import baselines
from recsys.workflows.search.prepare import prepare_data


def said(experiment: Path, **objective: Any) -> list[str]:
    heard: list[str] = []
    changes = {f"objective.{key}": value for key, value in objective.items()}
    prepare_data(load_experiment(experiment, changes), reporter=heard.append)
    return [line for line in heard if line.startswith("objective.")]


@pytest.mark.parametrize("k", [40, 41, 10_000])
def test_a_list_as_long_as_the_catalogue(k: int, experiment: Path) -> None:
    expected = f"objective.k = {k:,}: the catalogue has 40 items, so that every list is all that there is"
    assert said(experiment, metric="ndcg", k=k) == [expected]


def test_a_list_longer_than_what_a_user_has_left(experiment: Path) -> None:
    prepared = prepare_data(load_experiment(experiment))
    train, validation = prepared.split.train, prepared.split.validation
    left = [40 - int((train.users == user).sum()) for user in set(validation.users.tolist())]
    k = sorted(left)[3]
    (line,) = said(experiment, metric="ndcg", k=k)
    count = sum(each <= k for each in left)
    assert line.startswith(f"objective.k = {k}: of {len(left)} validation users {count} have no more")
    assert f"the fewest {min(left)};" in line


def test_other_lengths_by_their_key(experiment: Path) -> None:
    (line,) = said(experiment, metric="ndcg", k=1, also_at=(2, 50))
    assert line.startswith("objective.also_at = 50: the catalogue has 40 items")


def test_nothing_is_said_where_something_is_chosen_or_no_list_is_made(experiment: Path) -> None:
    assert said(experiment, metric="ndcg", k=2) == []
    assert said(experiment, metric="rmse", k=50) == []


def test_baselines_say_it_too(experiment: Path) -> None:
    heard: list[str] = []
    baselines(experiment, overrides={"objective.metric": "ndcg", "objective.k": 40}, reporter=heard.append)
    assert any("every list is all that there is" in line for line in heard)
