"""Tests of windows: periods before the test part that are as long as it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from repeated_pairs import MERGINGS, Row, alike, any_rows, expected, listed, merged, table

from recsys.data.repeats import Merging
from recsys.errors import InputError
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split
from recsys.splitting.windows import windows

DAY, START = 86_400, 1_400_025_600
"""Midnight of 14 May 2014."""


def split_of(rows: list[Row], merging: Merging | None = None, **settings: Any) -> Split:
    document = {"kind": "temporal", **settings}
    return make_split(table(rows) if merging is None else merged(rows, merging), SplitSettings.model_validate(document))


def daily(days: int) -> list[Row]:
    """A rating of a user a day."""
    return [(day % 4, day // 4 % 5, 1.0, START + day * DAY) for day in range(days)]


def test_each_is_as_long_as_the_test_part_and_the_last_ends_where_that_begins() -> None:
    found = windows(split_of(daily(20), last="4 days", validation={"last": "3 days"}), 3)
    assert [[(row[3] - START) // DAY for row in listed(each.held_out)] for each in found] == [
        [4, 5, 6, 7],
        [8, 9, 10, 11],
        [12, 13, 14, 15],
    ]
    assert [len(each.seen) for each in found] == [4, 8, 12]
    assert [each.begins[:10] for each in found] == ["2014-05-17", "2014-05-21", "2014-05-25"]
    assert [each.validates for each in found] == [False, False, True]


@given(
    rows=any_rows,
    merging=st.sampled_from(MERGINGS),
    at=st.integers(5, 8),
    repeats=st.booleans(),
    count=st.integers(2, 3),
)
def test_what_is_seen_is_earlier_than_what_is_tested_and_nothing_is_of_the_test_part(
    rows: list[Row], merging: Merging, at: int, repeats: bool, count: int
) -> None:
    length = max(row[3] for row in rows) + 1 - at
    edges = [at - length * back for back in range(count, -1, -1)]
    try:
        split = split_of(rows, merging, at=at, repeats=repeats, validation={"kind": "random", "size": 0.2})
        found = windows(split, count)
    except InputError as error:
        assume(not any(each in str(error) for each in ("is empty", "go from", "go back", "has no ratings")))
        raise
    for window, begins, ends in zip(found, edges, edges[1:], strict=False):
        seen = [row for row in rows if row[3] < begins]
        held_out = expected([row for row in rows if begins <= row[3] < ends], merging)
        known = set() if repeats else {row[:2] for row in seen}
        assert alike(sorted(listed(window.seen)), sorted(expected(seen, merging)))
        assert alike(sorted(listed(window.held_out)), sorted(row for row in held_out if row[:2] not in known))


def test_after_a_share_the_test_part_is_as_long_as_from_its_first_to_its_latest_rating() -> None:
    steps: list[Row] = [(step % 4, step // 4 % 5, 1.0, step) for step in range(20)]
    found = windows(split_of(steps, size=0.2, validation={"size": 0.2}), 2)
    assert [[row[3] for row in listed(each.held_out)] for each in found] == [[8, 9, 10, 11], [12, 13, 14, 15]]
    assert [each.begins for each in found] == ["8", "12"]


def test_histories_grow_in_a_window_if_they_grow_in_the_test_part() -> None:
    for history in ("fixed", "grows"):
        found = windows(split_of(daily(20), last="4 days", history=history), 2)
        assert {each.held_out.grows for each in found} == {history == "grows"}


class TestRefusals:
    def test_ratings_that_do_not_reach_back_with_how_far_they_do(self) -> None:
        with pytest.raises(InputError, match=r"windows = 4: the ratings go back to 2014-05-14 00:00, .* for 3 windows"):
            windows(split_of(daily(20), last="4 days"), 4)

    def test_a_time_without_ratings(self) -> None:
        rows = [row for row in daily(20) if not 8 <= (row[3] - START) // DAY < 12]
        with pytest.raises(InputError, match=r"windows = 3: the window that begins at 2014-05-2\d .* has no ratings"):
            windows(split_of(rows, last="4 days"), 3)

    def test_a_split_that_cuts_each_user_elsewhere(self) -> None:
        split = make_split(table(daily(20)), SplitSettings(kind="leave_last"))
        with pytest.raises(InputError, match="begins at one moment for all"):
            windows(split, 2)
