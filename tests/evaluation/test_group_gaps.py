"""Tests of differences between groups of users, against loops and SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import ttest_ind

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Ratings
from recsys.evaluation.group_gaps import GroupGap, group_gaps
from recsys.evaluation.scoring import MetricSample

USERS = 90
GENDERS = np.arange(USERS) % 3  # of every third user it is not known
JOBS = np.arange(USERS) % 5
seeds = st.integers(0, 2**20)


def with_users() -> Ratings:
    """Ratings whose users have a gender, one of five jobs, several hobbies, an age, and a city of few users each."""
    columns = {
        "gender": np.eye(3)[GENDERS][:, :2],
        "job": np.eye(5)[JOBS],
        "hobbies": np.random.default_rng(0).random((USERS, 4)) < 0.5,
        "age": np.random.default_rng(1).normal(size=(USERS, 1)),
        "city": np.eye(10)[np.arange(USERS) % 10],
    }
    values = {"gender": "MF", "job": "abcde", "hobbies": "wxyz", "city": "0123456789"}
    names = [f"{column}={value}" for column in columns for value in values.get(column, "")]
    names.insert(names.index("city=0"), "age")
    table = FeatureTable(
        csr_array(np.hstack(list(columns.values())).astype(np.float32)), names, [name.split("=")[0] for name in names]
    )
    ratings = make_ratings(USERS, 30, 900)
    return replace(ratings, catalogue=replace(ratings.catalogue, user_features=table))


RATINGS = with_users()


def sample_of(seed: int, metric: str = "ndcg") -> MetricSample:
    random = np.random.default_rng(seed)
    users = random.permutation(USERS)[:80] if metric == "ndcg" else random.integers(0, USERS, 400)
    return MetricSample(metric, random.random(len(users)), users)


def gaps(sample: MetricSample) -> dict[str, GroupGap]:
    return {gap.column: gap for gap in group_gaps(sample, RATINGS)}


def values_of(sample: MetricSample, members: np.ndarray) -> list[float]:
    return [value for value, user in zip(sample.values, sample.users, strict=True) if user in members]


@given(seeds)
def test_each_group_has_the_mean_of_its_users_and_their_number(seed) -> None:
    sample, found = sample_of(seed), gaps(sample_of(seed))
    members: Sequence[tuple[str, str, np.ndarray]] = [
        *(("gender", name, np.flatnonzero(at == GENDERS)) for at, name in enumerate("MF")),
        *(("job", name, np.flatnonzero(at == JOBS)) for at, name in enumerate("abcde")),
    ]
    for column, name, users in members:
        (group,) = (group for group in found[column].groups if group.name == name)
        own = values_of(sample, users)
        assert (group.users, group.cases) == (len(own), len(own))
        assert group.value == pytest.approx(np.mean(own))
        assert group.low <= group.value <= group.high


@given(seeds)
def test_the_difference_of_two_groups_is_tested_as_scipy_does(seed) -> None:
    sample, gap = sample_of(seed), gaps(sample_of(seed))["gender"]
    values = {name: values_of(sample, np.flatnonzero(at == GENDERS)) for at, name in enumerate("MF")}
    expected = ttest_ind(values[gap.highest], values[gap.lowest], equal_var=False)
    assert gap.test.p_value == pytest.approx(expected.pvalue)
    assert gap.test.interval == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert gap.test.difference == pytest.approx(np.mean(values[gap.highest]) - np.mean(values[gap.lowest]))
    assert gap.test.difference >= 0


@given(seeds)
def test_of_several_groups_the_extremes_are_tested_with_a_correction_for_all_pairs(seed) -> None:
    sample, gap = sample_of(seed), gaps(sample_of(seed))["job"]
    by_value = {group.value: group.name for group in gap.groups}
    assert (gap.highest, gap.lowest) == (by_value[max(by_value)], by_value[min(by_value)])
    extremes = [values_of(sample, np.flatnonzero("abcde".index(name) == JOBS)) for name in (gap.highest, gap.lowest)]
    pairs = len(gap.groups) * (len(gap.groups) - 1) / 2
    expected = ttest_ind(*extremes, equal_var=False)
    assert gap.test.p_value == pytest.approx(min(1, pairs * expected.pvalue))
    assert gap.test.interval == pytest.approx(tuple(expected.confidence_interval(1 - 0.05 / pairs)))


def test_activity_divides_the_users_into_halves() -> None:
    counts = np.bincount(RATINGS.users, minlength=USERS)
    light, heavy = gaps(MetricSample("ndcg", counts.astype(float), np.arange(USERS)))["activity"].groups
    median = np.median(counts)
    assert light.value == pytest.approx(counts[counts <= median].mean())
    assert heavy.value == pytest.approx(counts[counts > median].mean())
    assert light.name == f"fewer than {counts[counts > median].min()} training ratings"
    assert heavy.name == f"{counts[counts > median].min()} or more"


def test_only_features_with_one_category_a_user_and_groups_of_ten_users_divide() -> None:
    assert list(gaps(sample_of(0))) == ["activity", "gender", "job"]
    few = MetricSample("ndcg", np.arange(15.0), np.arange(15))
    assert list(gaps(few)) == []


def test_users_with_many_ratings_have_one_say_each_in_the_test_of_an_error() -> None:
    gap = gaps(sample_of(0, "rmse"))["gender"]
    assert sum(group.cases for group in gap.groups) > sum(group.users for group in gap.groups)
    for group in gap.groups:
        own = values_of(sample_of(0, "rmse"), np.flatnonzero("MF".index(group.name) == GENDERS))
        assert group.value == pytest.approx(np.sqrt(np.mean(own)))


def test_a_gap_says_who_is_ahead_and_how_sure_that_is() -> None:
    sample = MetricSample("ndcg", np.where(GENDERS == 1, 0.5, 0.25) + np.arange(USERS) % 2 / 2, np.arange(USERS))
    gap = gaps(sample)["gender"]
    women, men = (sample.values[at == GENDERS] for at in (1, 0))
    p_value = ttest_ind(women, men, equal_var=False).pvalue
    assert gap.sentence == (
        f"The value of F is 0.2500 above that of M (95 % +0.1186 to +0.3814, p {p_value:.2g} in Welch's test)."
    )
    assert "in Welch's test, corrected for the choice among 5 groups)." in gaps(sample)["job"].sentence
