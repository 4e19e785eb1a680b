"""Tests of parts of items, or of users, that nothing before them has."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from repeated_pairs import ITEMS, MERGINGS, USERS, Row, alike, any_rows, expected, listed, merged, table

from recsys.data.ratings import Ratings
from recsys.data.repeats import Merging
from recsys.errors import InputError
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split

SIDES = {"cold_users": 0, "cold_items": 1}
"""The place of the id in a row."""
kinds = pytest.mark.parametrize("kind", SIDES)
mergings = st.sampled_from(MERGINGS)
sizes = st.sampled_from([0.2, 0.3, 0.45])
seeds = st.integers(0, 99)


def settings(kind: str, **more: Any) -> SplitSettings:
    return SplitSettings.model_validate({"kind": kind, **more})


def parts_of(split: Split) -> tuple[Ratings, Ratings, Ratings]:
    return split.train, split.validation, split.open_test("a law", lambda _why: None)


def ids(rows: list[Row], kind: str) -> set[int]:
    return {row[SIDES[kind]] for row in rows}


def drawn(rows: list[Row], kind: str, merging: Merging, size: float, seed: int) -> tuple[Ratings, Ratings, Ratings]:
    assume(len(ids(rows, kind)) > 3)
    return parts_of(make_split(merged(rows, merging), settings(kind, size=size, seed=seed, validation={"size": size})))


@kinds
class TestAShareOfTheIds:
    @given(rows=any_rows, merging=mergings, size=sizes, seed=seeds)
    def test_each_id_is_in_one_part_with_all_its_rows(
        self, kind: str, rows: list[Row], merging: Merging, size: float, seed: int
    ) -> None:
        parts = drawn(rows, kind, merging, size, seed)
        held = [ids(listed(part), kind) for part in parts]
        assert sum(map(len, held)) == len(ids(rows, kind))
        for part, own in zip(parts, held, strict=True):
            assert alike(listed(part), expected([row for row in rows if row[SIDES[kind]] in own], merging))

    @given(rows=any_rows, size=sizes, seed=seeds)
    def test_the_share_is_one_of_ids_and_not_of_rows(self, kind: str, rows: list[Row], size: float, seed: int) -> None:
        _, validation, test = drawn(rows, kind, Merging("last"), size, seed)
        count = len(ids(rows, kind))
        tested = math.ceil(size * count)
        assert len(ids(listed(test), kind)) == tested
        assert len(ids(listed(validation), kind)) == math.ceil(size * (count - tested))

    @given(rows=any_rows, order=st.randoms(use_true_random=False), seed=seeds)
    def test_neither_the_order_of_rows_nor_the_names_of_ids_matter(
        self, kind: str, rows: list[Row], order: Any, seed: int
    ) -> None:
        assume(len(ids(rows, kind)) > 3)
        shuffled = order.sample(rows, len(rows))
        other = table(shuffled)
        names = [pd.Index([f"name {order.random()}" for _ in range(count)]) for count in (USERS, ITEMS)]
        named = replace(other, catalogue=replace(other.catalogue, user_ids=names[0], item_ids=names[1]))
        by = settings(kind, seed=seed)
        for one, two in zip(parts_of(make_split(table(rows), by)), parts_of(make_split(named, by)), strict=True):
            assert sorted(listed(one)) == sorted(listed(two))

    @given(rows=any_rows, merging=mergings, seed=seeds, data=st.data())
    def test_what_a_later_part_says_moves_no_earlier_one(
        self, kind: str, rows: list[Row], merging: Merging, seed: int, data: st.DataObject
    ) -> None:
        """The rows of the held-out ids have other values, other times, and other partners."""
        train, validation, test = drawn(rows, kind, merging, 0.3, seed)
        for later, earlier in ((ids(listed(test), kind), [0, 1]), (ids(listed(validation), kind), [0])):
            moved = [_changed(row, kind, data) if row[SIDES[kind]] in later else row for row in rows]
            again = drawn(moved, kind, merging, 0.3, seed)
            for place in earlier:
                assert listed((train, validation)[place]) == listed(again[place])

    def test_another_seed_holds_out_other_ids(self, kind: str, ratings: Ratings) -> None:
        one, other = (parts_of(make_split(ratings, settings(kind, seed=seed)))[2] for seed in (0, 1))
        assert not np.array_equal(one.users, other.users)

    def test_the_parts_do_not_follow_each_other_in_time(self, kind: str, ratings: Ratings) -> None:
        assert not make_split(replace(ratings, timestamps=np.arange(len(ratings))), settings(kind)).train.ordered

    def test_data_without_times_are_enough(self, kind: str, ratings: Ratings) -> None:
        assert len(make_split(replace(ratings, timestamps=None), settings(kind)).validation)


def _changed(row: Row, kind: str, data: st.DataObject) -> Row:
    other = data.draw(st.integers(0, (ITEMS if kind == "cold_users" else USERS) - 1))
    pair = (row[0], other) if kind == "cold_users" else (other, row[1])
    return (*pair, data.draw(st.sampled_from([1.0, 5.0])), data.draw(st.integers(0, 9)))


def first_seen(rows: list[Row], kind: str, at: int) -> tuple[list[Row], list[Row]]:
    """The rows before a moment, and the rows of ids that begin from then on, by definition."""
    early = [row for row in rows if row[3] < at]
    return early, [row for row in rows if row[SIDES[kind]] not in ids(early, kind)]


@kinds
class TestTheIdsFirstSeenFromAMoment:
    @given(rows=any_rows, merging=mergings, tested=st.integers(7, 9), validated=st.integers(2, 4))
    def test_are_the_part_and_training_is_what_all_did_before(
        self, kind: str, rows: list[Row], merging: Merging, tested: int, validated: int
    ) -> None:
        rows = [(*row[:3], row[3] + 4 * max(0, row[SIDES[kind]] - 1)) for row in rows]  # the codes begin in their order
        rest, test = first_seen(rows, kind, tested)
        train, validation = first_seen(rest, kind, validated)
        assume(train and validation and test)
        split = make_split(merged(rows, merging), settings(kind, at=tested, validation={"at": validated}))
        for part, own in zip(parts_of(split), (train, validation, test), strict=True):
            assert alike(listed(part), expected(own, merging))
            assert part.ordered
        assert split.left_out.test == len(rows) - len(rest) - len(test)
        assert split.left_out.validation == len(rest) - len(train) - len(validation)

    def test_a_duration_ends_with_the_data_and_one_of_validation_where_the_test_begins(self, kind: str) -> None:
        day, start = 86_400, 1_400_000_000
        rows: list[Row] = [(place, place, 1.0, start + day * place) for place in range(4)]
        split = make_split(table(rows), settings(kind, last="1 day", validation={"last": "1 day"}))
        assert [listed(part) for part in parts_of(split)] == [rows[:2], rows[2:3], rows[3:]]

    def test_validation_may_be_a_share_of_the_ids_before(self, kind: str) -> None:
        rows: list[Row] = [(place % 3, place % 3, 1.0, place) for place in range(6)] + [(3, 3, 1.0, 9)]
        split = make_split(table(rows), settings(kind, at=8))
        assert [len(ids(listed(part), kind)) for part in parts_of(split)] == [2, 1, 1]
        assert not split.train.ordered

    def test_rows_in_no_part_are_counted_with_the_reason(self, kind: str) -> None:
        rows: list[Row] = [(place % 3, place % 3, 1.0, place) for place in range(8)] + [(3, 3, 1.0, 9)]
        split = make_split(table(rows), settings(kind, at=6))
        side = kind.removeprefix("cold_")
        assert split.left_out.sentence("test", split.left_out.test) == (
            f"2 rows from the beginning of the test part on are in no part, because their {side} have rows before it"
        )


class TestUnreleased:
    def test_each_part_of_items_knows_the_items_of_later_parts(self, ratings: Ratings) -> None:
        parts = parts_of(make_split(ratings, settings("cold_items")))
        train, validation, test = (set(part.items.tolist()) for part in parts)
        assert [unreleased(part) for part in parts] == [validation | test, test, set()]
        assert unreleased(parts[0].join(parts[1])) == test
        assert unreleased(parts[0].join(parts[1]).join(parts[2])) == set()
        assert train

    def test_validation_that_is_no_part_of_items_has_none_of_its_own(self, ratings: Ratings) -> None:
        parts = parts_of(make_split(ratings, settings("cold_items", validation={"kind": "random"})))
        assert [unreleased(part) for part in parts] == [unreleased(parts[1])] * 2 + [set()]
        assert unreleased(parts[0]) == set(parts[2].items.tolist())

    def test_a_test_part_that_is_none_of_items_leaves_those_of_validation(self, ratings: Ratings) -> None:
        parts = parts_of(make_split(ratings, settings("random", validation={"kind": "cold_items"})))
        assert [unreleased(part) for part in parts] == [set(parts[1].items.tolist()), set(), set()]

    @pytest.mark.parametrize("kind", ["cold_users", "random", "user_random"])
    def test_other_splits_have_no_unreleased_items(self, kind: str, ratings: Ratings) -> None:
        assert {part.unreleased for part in parts_of(make_split(ratings, settings(kind)))} == {None}


def unreleased(part: Ratings) -> set[int]:
    assert part.unreleased is not None
    return set(np.flatnonzero(part.unreleased).tolist())


@kinds
class TestRefusals:
    def test_a_share_that_leaves_no_id_for_training(self, kind: str, ratings: Ratings) -> None:
        with pytest.raises(InputError) as raised:
            make_split(ratings, settings(kind, size=0.99))
        assert str(raised.value) == (
            f"split: the training part is empty: kind '{kind}' of 1200 ratings leaves nothing for it"
        )

    def test_a_moment_from_which_on_no_id_is_first_seen(self, kind: str) -> None:
        rows: list[Row] = [(place % 3, place % 3, 1.0, place) for place in range(9)]
        with pytest.raises(InputError) as raised:
            make_split(table(rows), settings(kind, at=6))
        assert str(raised.value) == f"split: the test part is empty: kind '{kind}' of 9 ratings leaves nothing for it"

    def test_a_moment_outside_the_data(self, kind: str) -> None:
        rows: list[Row] = [(place % 3, place % 3, 1.0, place) for place in range(9)]
        with pytest.raises(InputError) as raised:
            make_split(table(rows), settings(kind, at=9))
        assert str(raised.value) == (
            "split.at = 9: the rows to split go from 0 to 8, and the part has to begin between them"
        )

    @pytest.mark.parametrize("when", [{"at": 6}, {"last": "2 days"}, {"validation": {"at": 3}}])
    def test_a_moment_in_data_without_times(self, kind: str, when: dict[str, Any], ratings: Ratings) -> None:
        with pytest.raises(InputError) as raised:
            make_split(replace(ratings, timestamps=None), settings(kind, **when))
        assert str(raised.value) == (
            f"split.kind = '{kind}' needs timestamps, and the data have none: name data.columns.timestamp"
        )

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"size": 1.0}, "Input should be less than 1"),
            ({"last": 14}, "last = 14: a test part of kind 'KIND' needs a duration such as '14 days'"),
            ({"at": 3, "size": 0.3}, "size does nothing here: at = 3 says where the test part begins"),
            ({"at": 3, "last": "1 day"}, "last does nothing here: at = 3 says where the test part begins"),
            (
                {"last": "1 day", "size": 0.3},
                "size does nothing here: last = '1 day' says how long the test part is",
            ),
            (
                {"number": 2},
                "number does nothing here: a test part of kind 'KIND' looks at size or at or last alone",
            ),
            (
                {"repeats": True},
                "repeats does nothing here: kind 'KIND' deals out pairs, so that none is in two parts",
            ),
            (
                {"history": "grows"},
                "history does nothing here: it needs two parts by time, and they are of kinds KIND and KIND",
            ),
        ],
    )
    def test_settings_that_do_not_fit(self, kind: str, more: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError) as raised:
            settings(kind, **more)
        (error,) = raised.value.errors()
        assert error["msg"].removeprefix("Value error, ") == message.replace("KIND", kind)
