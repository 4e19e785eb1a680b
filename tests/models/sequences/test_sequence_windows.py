"""Tests of windows: each item but the first of a history is a case once, after the items before it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.histories import Histories
from recsys.models.batches.windows import Windows, dealt, most_cases, places_of_cases

PADDING = 1000


def histories_of(lengths: list[int]) -> Histories:
    """Histories whose items are numbered in their order, so that the item before i is i - 1."""
    starts = np.concatenate([[0], np.cumsum(lengths)])
    count = int(starts[-1])
    ones = np.ones(count, np.float32)
    return Histories(starts, np.arange(count, dtype=np.int32), ones, ones, None)


class TestWindows:
    @settings(deadline=None)
    @given(st.lists(st.integers(0, 12), min_size=1, max_size=6), st.integers(1, 5))
    def test_each_item_but_the_first_is_a_case_once_after_its_predecessors(
        self, lengths: list[int], length: int
    ) -> None:
        histories = histories_of(lengths)
        windows = Windows.of(histories, length, PADDING)
        firsts = {int(start) for start, n in zip(histories.starts, lengths, strict=False) if n}
        cases = []
        for items, weights in zip(windows.items, windows.weights, strict=True):
            for place in np.flatnonzero(weights):
                cases.append(int(items[place + 1]))
                before = [int(item) for item in items[: place + 1] if item != PADDING]
                assert before == list(range(cases[-1] - len(before), cases[-1]))
                assert before
                assert len(before) > place or before[0] in firsts, "only the first item of a history has padding before"
        assert sorted(cases) == sorted(set(range(sum(lengths))) - firsts)

    def test_the_last_window_is_empty(self) -> None:
        windows = Windows.of(histories_of([4, 2]), 3, PADDING)
        assert (windows.items[-1] == PADDING).all()
        assert windows.cases.tolist() == [3, 1, 0]


class TestSteps:
    @settings(deadline=None)
    @given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 8), st.integers(0, 99))
    def test_steps_take_every_window_once_within_the_bound(self, cases: list[int], steps: int, seed: int) -> None:
        counts = np.array([*cases, 0])
        windows = dealt(counts, steps, np.random.default_rng(seed))
        given_ = windows.ravel().tolist()
        assert sorted(set(given_)) == list(range(len(counts)))
        assert all(given_.count(window) == 1 for window in range(len(counts) - 1))
        assert counts[windows].sum(axis=1).max() <= most_cases(counts, steps)

    def test_places_are_the_last_of_each_window(self) -> None:
        places = places_of_cases(np.array([[2, 0, 3]]), 4, 6)
        assert places.tolist() == [[2, 3, 9, 10, 11, -1]]

    @pytest.mark.parametrize("steps", [1, 3])
    def test_the_order_depends_on_the_random_numbers_alone(self, steps: int) -> None:
        counts = np.array([3, 3, 1, 0])
        one, other = (dealt(counts, steps, np.random.default_rng(4)) for _ in range(2))
        np.testing.assert_array_equal(one, other)
