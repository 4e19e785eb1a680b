"""Tests of a global horizon: each user's last rows after a moment that is the same for all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from repeated_pairs import MERGINGS, USERS, Row, alike, any_rows, expected, listed, merged, table

from recsys.data.repeats import Merging
from recsys.errors import InputError
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split

sizes = st.sampled_from([0.1, 0.25, 0.4])
mergings = st.sampled_from(MERGINGS)


def settings(**more: Any) -> SplitSettings:
    return SplitSettings.model_validate({"kind": "leave_last", "horizon": "global", "repeats": True, **more})


def cut(rows: list[Row], places: list[int], size: float, last: int) -> tuple[list[int], list[int]]:
    """The places before the moment, and those of each user's last rows from it on, by definition."""
    times = sorted(rows[place][3] for place in places)
    moment = times[len(times) - math.ceil(size * len(times))]
    late = sorted((place for place in places if rows[place][3] >= moment), key=lambda place: (rows[place][3], place))
    chosen = [place for user in range(USERS) for place in [each for each in late if rows[each][0] == user][-last:]]
    return [place for place in places if rows[place][3] < moment], sorted(chosen)


@st.composite
def any_split(draw: st.DrawFn) -> tuple[list[Row], Split, list[list[int]], Merging]:
    """Rows, their split, and the places of the rows of training, validation and test, by definition."""
    rows, merging, last = draw(any_rows), draw(mergings), draw(st.integers(1, 3))
    tested, validated = draw(sizes), draw(sizes)
    rest, test = cut(rows, [*range(len(rows))], tested, last)
    assume(rest)
    train, validation = cut(rows, rest, validated, last)
    assume(train)
    by = settings(size=tested, last=last, validation={"size": validated, "last": last})
    return rows, make_split(merged(rows, merging), by), [train, validation, test], merging


class TestTheLaw:
    @given(drawn=any_split())
    def test_training_is_what_all_did_before_and_a_part_what_each_did_last(
        self, drawn: tuple[list[Row], Split, list[list[int]], Merging]
    ) -> None:
        rows, split, places, merging = drawn
        parts = split.train, split.validation, split.open_test("a law", lambda _why: None)
        for part, own in zip(parts, places, strict=True):
            assert alike(listed(part), expected([rows[place] for place in own], merging))

    @given(drawn=any_split())
    def test_nothing_in_training_is_as_late_as_anything_held_out(
        self, drawn: tuple[list[Row], Split, list[list[int]], Merging]
    ) -> None:
        _, split, _, _ = drawn
        train, validation, test = (
            part.rows.timestamps
            for part in (split.train, split.validation, split.open_test("a law", lambda _why: None))
        )
        assert train is not None
        assert validation is not None
        assert test is not None
        assert train.max() < validation.min()
        assert validation.max() < test.min()

    @given(drawn=any_split())
    def test_the_other_rows_are_in_no_part_and_counted(
        self, drawn: tuple[list[Row], Split, list[list[int]], Merging]
    ) -> None:
        rows, split, places, _ = drawn
        assert split.left_out.validation + split.left_out.test == len(rows) - sum(map(len, places))
        test = split.open_test("a law", lambda _why: None)
        everything = split.train.join(split.validation).join(test)
        assert sorted(listed(everything.rows)) == sorted(rows[place] for own in places for place in own)

    @given(rows=any_rows, merging=mergings, data=st.data())
    def test_no_row_from_the_moment_on_moves_training_or_validation(
        self, rows: list[Row], merging: Merging, data: st.DataObject
    ) -> None:
        early, _ = cut(rows, [*range(len(rows))], 0.3, 1)
        assume(len({rows[place][3] for place in early}) > 1)
        moved = list(rows)
        for place in {*range(len(rows))} - {*early}:
            moved[place] = (data.draw(st.integers(0, USERS - 1)), *rows[place][1:])
        by = settings(size=0.3, validation={"kind": "temporal", "size": 0.3})
        one, other = (make_split(merged(each, merging), by) for each in (rows, moved))
        assert listed(one.train) == listed(other.train)
        assert listed(one.validation) == listed(other.validation)


ROWS: list[Row] = [(user, place % 5, 1.0, place) for place, user in enumerate([0, 1, 2, 0, 1, 0, 0, 1, 3, 0])]
"""Ten moments; the last four are of users 0, 1, 3 and 0."""


class TestParts:
    def test_users_without_a_row_before_are_tested_too(self) -> None:
        split = make_split(table(ROWS), settings(size=0.4, validation={"size": 0.2}))
        assert [row[3] for row in listed(split.open_test("a test", lambda _why: None))] == [7, 8, 9]
        assert split.left_out.test == 1  # user 0's row at 6

    def test_a_share_of_a_fifth_is_the_default_and_a_tenth_for_validation(self) -> None:
        split = make_split(table(ROWS), settings())
        assert [row[3] for row in listed(split.open_test("a test", lambda _why: None))] == [8, 9]
        assert [row[3] for row in listed(split.validation)] == [7]
        assert (split.left_out.validation, split.left_out.test) == (0, 0)

    def test_validation_of_another_kind_leaves_nothing_out(self) -> None:
        split = make_split(table(ROWS), settings(size=0.4, validation={"kind": "temporal", "size": 0.5}))
        assert split.left_out.validation == 0
        assert len(split.train) + len(split.validation) == 6

    def test_validation_that_is_as_long_as_a_duration_ends_at_the_moment(self) -> None:
        day, start = 86_400, 1_400_000_000
        rows = [(0, place % 5, 1.0, start + day * at) for place, at in enumerate([0, 1, 2, 3, 8, 9])]
        split = make_split(table(rows), settings(size=0.3, validation={"kind": "temporal", "last": "6 days"}))
        assert [row[3] for row in listed(split.validation)] == [start + day * at for at in (2, 3)]

    def test_the_sentence_says_the_part_the_number_and_the_setting(self) -> None:
        assert make_split(table(ROWS), settings(size=0.4)).left_out.sentence("test", 1234) == (
            "1,234 rows from the beginning of the test part on are in no part, for split.horizon = 'global'"
        )


class TestRefusals:
    def test_equal_times_leave_nothing_for_training(self) -> None:
        with pytest.raises(InputError, match="the training part is empty"):
            make_split(table([(*row[:3], 0) for row in ROWS]), settings())

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"kind": "temporal"}, "horizon does nothing here: parts of kinds 'temporal' and 'temporal' do not look"),
            (
                {"horizon": "user", "size": 0.3},
                "size does nothing here: a test part of kind 'leave_last' looks at last",
            ),
            ({"horizon": "user", "validation": {"size": 0.3}}, "size does nothing here: a validation part of kind"),
            ({"history": "grows"}, "history does nothing here: horizon = 'global' leaves out rows"),
            ({"horizon": "all"}, "horizon"),
        ],
    )
    def test_settings_that_do_not_fit(self, more: dict[str, Any], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            settings(**{"repeats": False, **more})


def test_the_share_counts_rows_and_not_times() -> None:
    times = [0, 1, 2, 2, 2, 2, 2, 2, 2, 3]
    split = make_split(table([(0, place % 5, 1.0, at) for place, at in enumerate(times)]), settings(size=0.2))
    assert np.array_equal(split.train.timestamps, [0])
    assert (len(split.validation), split.left_out.test) == (1, 7)
