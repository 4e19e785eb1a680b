"""Successive halving shares a budget among sweeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.workflows.automatic.halving import FIRST_LOOK, better_half, shares_of_trials, sizes, trials_in


@pytest.mark.parametrize(("count", "rounds"), [(1, [1]), (2, [2]), (4, [4, 2]), (5, [5, 3, 2]), (6, [6, 3, 2])])
def test_each_round_keeps_the_better_half(count: int, rounds: list[int]) -> None:
    assert sizes(count) == rounds


@given(st.integers(1, 2000), st.integers(1, 12))
def test_rounds_share_trials_equally_and_within_the_budget(trials: int, count: int) -> None:
    rounds, shares = sizes(count), shares_of_trials(trials, count)
    spent = [size * share for size, share in zip(rounds, shares, strict=True)]
    if min(shares) > 1:
        assert sum(spent) <= trials
        assert all(abs(trials / len(rounds) - each) < size + 1 for each, size in zip(spent, rounds, strict=True))
    assert min(shares) >= 1
    assert shares == sorted(shares)


@given(st.floats(0, 1e4), st.floats(0, 1e3))
def test_trials_fit_into_the_time(seconds: float, cost: float) -> None:
    trials = trials_in(seconds, cost)
    assert trials >= 1
    assert trials == 1 or trials * max(cost, 1e-3) <= seconds * (1 + 1e-9)
    assert trials < FIRST_LOOK or trials % FIRST_LOOK == 0


@given(st.dictionaries(st.text(min_size=1), st.floats(allow_nan=False), min_size=1), st.data())
def test_no_name_left_out_is_better_than_one_that_is_kept(keys: dict[str, float], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(keys)))
    kept = better_half(keys, size)
    assert len(kept) == size
    assert list(kept) == [name for name in keys if name in kept]
    left = [keys[name] for name in keys if name not in kept]
    assert not left or max(keys[name] for name in kept) <= min(left)
