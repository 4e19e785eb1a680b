"""Tests of the metric type, and of the comparison of two values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.errors import InputError
from recsys.evaluation.metrics.table import METRICS, metric_at, metric_of
from recsys.evaluation.objective import ObjectiveSettings

metrics = st.sampled_from(list(METRICS.values()))
values = st.lists(st.one_of(st.floats(allow_nan=False), st.just(math.nan)), max_size=8)


def test_every_metric_is_found_by_its_own_name() -> None:
    assert all(metric_of(name).name == name for name in METRICS)


def test_an_unknown_metric_is_an_input_error_that_lists_those_there_are() -> None:
    with pytest.raises(InputError, match=r"'rsme'; there are rmse, mae, rounded_mae, ndcg, .*gini"):
        metric_of("rsme")


def test_an_objective_without_such_a_metric_is_refused_at_loading() -> None:
    with pytest.raises(ValidationError, match="no metric is called 'rsme'"):
        ObjectiveSettings(metric="rsme")


@pytest.mark.parametrize("name", ["coverage", "gini", "entropy"])
def test_what_no_single_user_has_is_no_objective_since_nothing_could_be_tested_on_it(name: str) -> None:
    with pytest.raises(ValidationError, match=f"{name} is of all lists together"):
        ObjectiveSettings(metric=name)


def test_a_metric_of_lists_at_another_length_is_the_same_metric_under_its_own_name() -> None:
    found = metric_of(metric_at("ndcg", 5))
    assert found.name == "ndcg_at_5"
    assert (found.direction, found.family, found.of_all_lists) == ("maximize", "ranking", False)
    assert metric_of(metric_at("gini", 5)).of_all_lists


@pytest.mark.parametrize("name", ["rmse_at_5", "ndcg_at_", "ndcg_at_five", "_at_5"])
def test_only_metrics_of_lists_have_a_length(name: str) -> None:
    with pytest.raises(InputError, match=f"no metric is called '{name}'"):
        metric_of(name)


def test_what_is_measured_beside_is_not_optimised() -> None:
    with pytest.raises(ValidationError, match=r"ndcg_at_5.* its length as objective\.k"):
        ObjectiveSettings(metric="ndcg_at_5", also_at=(5,))


def test_each_other_length_counts_once_and_that_of_the_objective_not_at_all() -> None:
    assert ObjectiveSettings(k=10, also_at=(20, 5, 10, 20)).lengths == [20, 5]
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        ObjectiveSettings(also_at=(0,))


def test_errors_and_inequality_are_minimised_and_the_rest_maximised() -> None:
    assert {m.name for m in METRICS.values() if m.direction == "minimize"} == {
        "rmse",
        "mae",
        "rounded_mae",
        "gini",
        "calibration",
        "popularity_lift",
    }


@given(metrics, values)
def test_the_best_value_is_one_that_no_other_is_better_than_and_the_first_such(metric, values) -> None:
    best = metric.best_index(values)
    if best is None:
        assert all(math.isnan(value) for value in values)
    else:
        assert not math.isnan(values[best])
        assert not any(metric.is_better(value, values[best]) for value in values)
        assert all(metric.is_better(values[best], value) for value in values[:best])


@given(metrics, st.floats(), st.floats())
def test_of_two_values_at_most_one_is_better_and_never_nan(metric, a, b) -> None:
    assert not (metric.is_better(a, b) and metric.is_better(b, a))
    assert not (metric.is_better(a, b) and math.isnan(a))


def test_better_follows_the_direction() -> None:
    assert metric_of("rmse").is_better(0.9, 1.0)
    assert metric_of("ndcg").is_better(1.0, 0.9)
    assert metric_of("rmse").best_index([2.0, math.nan, 1.0, 1.0]) == 2
    assert metric_of("ndcg").best_index([0.2, math.nan, 0.1]) == 0
