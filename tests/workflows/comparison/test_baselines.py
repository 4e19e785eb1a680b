"""Tests of measuring baselines in one call, without training a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.evaluation.metrics.table import METRICS
from recsys.workflows.comparison.baselines import baselines


def test_ratings_have_the_mean_and_the_biases_the_better_first(experiment: Path) -> None:
    result = baselines(experiment)
    assert [row.name for row in result.rows] == ["biases_only", "global_mean"]
    assert result.rows[0].values["rmse"] < result.rows[1].values["rmse"]


def test_lists_have_the_four_that_rank_the_best_first(experiment: Path) -> None:
    said: list[str] = []
    result = baselines(experiment, overrides=["objective.metric=ndcg"], reporter=said.append)
    assert {row.name for row in result.rows} == {"popularity", "item_knn", "ease", "ials"}
    values = [row.values["ndcg"] for row in result.rows]
    assert values == sorted(values, reverse=True)
    for row in result.rows:
        assert row.interval[0] < row.values["ndcg"] < row.interval[1]
        assert {METRICS[name].family for name in row.values} == {"ranking", "exposure"}
    assert {line.split(":")[0] for line in said} >= {row.name for row in result.rows}


def test_the_fingerprint_is_that_of_the_sweeps_that_compare_with_it(experiment: Path) -> None:
    same, other = (baselines(experiment, overrides=[f"split.seed={seed}"]).fingerprint for seed in (0, 1))
    assert same == baselines(experiment).fingerprint != other


def test_a_model_of_the_users_own_is_not_asked_for(experiment: Path) -> None:
    own = {"model": {"factory": "nothing_there:build"}, "space": {}, "point": {}}
    rows, usual = baselines(experiment, overrides=own).rows, baselines(experiment).rows
    assert [row.values for row in rows] == [row.values for row in usual]


def test_one_that_the_data_are_too_large_for_is_left_out_and_said_to_be(
    experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recsys.evaluation.baselines.ease.MOST_ITEMS", 10)
    said: list[str] = []
    result = baselines(experiment, overrides=["objective.metric=recall"], reporter=said.append)
    assert "40 by 40 items" in result.left_out["ease"]
    assert "ease" not in {row.name for row in result.rows}
    assert any(line.startswith("ease is left out") for line in said)
