"""Tests of a metric by group of users or items."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.evaluation.groups import metric_by_group, quantile_groups

counts_of = st.lists(st.integers(0, 30), min_size=1, max_size=40).map(np.array)


@given(counts_of, st.integers(1, 5))
def test_groups_rise_with_the_count_and_equal_counts_share_one(counts, groups) -> None:
    group_of = quantile_groups(counts, groups)
    order = np.argsort(counts, kind="stable")
    assert (np.diff(group_of[order]) >= 0).all()
    assert (np.diff(group_of[order])[np.diff(counts[order]) == 0] == 0).all()
    assert ((group_of == 0) == (counts == 0)).all()
    assert group_of.max() <= groups


def test_different_counts_make_groups_of_equal_size() -> None:
    assert np.bincount(quantile_groups(np.arange(1, 13), 4)).tolist() == [0, 3, 3, 3, 3]


@given(counts_of, st.integers(1, 5), st.integers(0, 50), st.booleans())
def test_the_groups_lose_and_duplicate_nothing(counts, groups, rows, root) -> None:
    random = np.random.default_rng(rows)
    codes, losses = random.integers(0, len(counts), rows), random.random(rows)
    parts = metric_by_group(losses, codes, counts, groups=groups, root=root)
    assert sum(g.members for g in parts) == len(counts)
    assert sum(g.ratings for g in parts) == rows
    total = sum(g.ratings * (g.value**2 if root else g.value) for g in parts if g.ratings)
    assert total == pytest.approx(losses.sum())


def test_a_group_is_described_by_its_counts_and_its_own_value() -> None:
    counts = np.array([0, 1, 2, 10, 20])
    cold, few, many = metric_by_group(
        np.array([9.0, 4.0, 4.0, 1.0]), np.array([0, 1, 2, 4]), counts, groups=2, root=True
    )
    assert (cold.low, cold.high, cold.members, cold.ratings, cold.value) == (0, 0, 1, 1, 3)
    assert (few.low, few.high, few.members, few.ratings, few.value) == (1, 2, 2, 2, 2)
    assert (many.low, many.high, many.members, many.ratings, many.value) == (10, 20, 2, 1, 1)


def test_a_group_without_held_out_ratings_is_nan() -> None:
    few, many = metric_by_group(np.array([1.0]), np.array([0]), np.array([1, 9]), groups=2)
    assert few.value == 1
    assert np.isnan(many.value)
