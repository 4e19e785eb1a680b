"""Tests of repeated pairs: a pair has one merged row, and its original rows allow merging by part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repeated_pairs import MERGINGS, Row, alike, any_rows, expected, listed, merged, table

from recsys.data.core import k_core
from recsys.data.ratings import Ratings
from recsys.data.repeats import Merging, repeated

merging = pytest.mark.parametrize("merging", MERGINGS, ids=lambda each: f"{each.how}-{each.weight_scale}")


@merging
@given(rows=any_rows)
def test_a_pair_stands_where_its_latest_row_stood_with_the_last_the_mean_or_the_sum(
    merging: Merging, rows: list[Row]
) -> None:
    assert alike(listed(merged(rows, merging)), expected(rows, merging))


@merging
@given(rows=any_rows)
def test_the_rows_are_there_as_they_were(merging: Merging, rows: list[Row]) -> None:
    pairs = merged(rows, merging)
    assert listed(pairs.rows) == rows
    assert pairs.events is not None
    assert np.array_equal(pairs.users[pairs.events.pairs], pairs.rows.users)
    assert np.array_equal(pairs.items[pairs.events.pairs], pairs.rows.items)


@given(rows=any_rows)
def test_without_times_the_later_in_the_file_is_the_later(rows: list[Row]) -> None:
    timeless = replace(table(rows), timestamps=None).merged(Merging("last"))
    in_file = merged([(*row[:3], place) for place, row in enumerate(rows)], Merging("last"))
    assert np.array_equal(timeless.values, in_file.values)
    assert np.array_equal(timeless.users, in_file.users)


@merging
@given(rows=any_rows, data=st.data())
def test_parts_that_are_joined_are_merged_from_the_rows_of_both(
    merging: Merging, rows: list[Row], data: st.DataObject
) -> None:
    """Whether a pair is in one part or in three: sums are of raw weights, and means of all rows."""
    low, high = sorted(data.draw(st.tuples(st.integers(0, len(rows)), st.integers(0, len(rows)))))
    implicit = merging.how == "sum"
    a, b, c = (table(part, implicit=implicit).merged(merging) for part in (rows[:low], rows[low:high], rows[high:]))
    assert alike(listed(a.join(b).join(c)), expected(rows, merging))
    assert alike(listed(a.join(b.join(c))), expected(rows, merging))


@merging
@given(rows=any_rows, data=st.data())
def test_pairs_that_are_not_tested_are_joined_all_the_same(
    merging: Merging, rows: list[Row], data: st.DataObject
) -> None:
    border = data.draw(st.integers(0, len(rows)))
    early, late = (
        table(part, implicit=merging.how == "sum").merged(merging) for part in (rows[:border], rows[border:])
    )
    known = {row[:2] for row in rows[:border]}
    again = np.array([row[:2] in known for row in listed(late)], bool)
    fresh = late.untested(again)
    assert not known & {row[:2] for row in listed(fresh)}
    assert listed(fresh) == [row for row in listed(late) if row[:2] not in known]
    assert alike(listed(early.join(fresh)), expected(rows, merging))


@merging
@given(rows=any_rows, seed=st.integers(0, 99))
def test_pairs_that_are_dealt_out_keep_their_rows_and_their_order(merging: Merging, rows: list[Row], seed: int) -> None:
    whole = merged(rows, merging)
    order = np.random.default_rng(seed).permutation(len(whole))
    one, other = whole.take(order[: len(order) // 2]), whole.take(order[len(order) // 2 :])
    assert listed(one.join(other)) == [listed(whole)[place] for place in order]
    for part in (one, other):
        theirs = {row[:2] for row in listed(part)}
        assert listed(part.rows) == [row for row in rows if row[:2] in theirs]


@given(rows=any_rows)
def test_a_repeated_row_is_one_whose_pair_came_before(rows: list[Row]) -> None:
    pairs = [row[:2] for row in rows]
    ratings = table(rows)
    assert repeated(ratings.users, ratings.items).tolist() == [pair in pairs[:at] for at, pair in enumerate(pairs)]


@given(rows=any_rows)
def test_the_scale_of_weights_is_that_of_their_own_rows(rows: list[Row]) -> None:
    whole = merged(rows, Merging("sum"))
    assert whole.scale == (0.0, max(row[2] for row in expected(rows, Merging("sum"))))
    half = whole.take(np.arange(len(whole) // 2))
    assert half.scale == (0.0, half.values.max(initial=0))
    assert merged(rows, Merging("mean")).take(np.arange(1)).scale == (1.0, 5.0)


@given(rows=any_rows, place=st.integers(0, 11), value=st.sampled_from([4.0, 4.5]))
def test_the_digest_sees_rows_that_no_longer_count(rows: list[Row], place: int, value: float) -> None:
    changed = [*rows[:place], (*rows[place][:2], value, rows[place][3]), *rows[place + 1 :]]
    assert merged(changed, Merging("last")).digest != merged(rows, Merging("last")).digest


class TestCore:
    @given(rows=any_rows, user_least=st.integers(1, 3), item_least=st.integers(0, 3))
    def test_where_some_ratings_are_positives_they_are_what_is_counted(
        self, rows: list[Row], user_least: int, item_least: int
    ) -> None:
        ratings = replace(merged(rows, Merging("last")), positive_from=3.0)
        left = listed(ratings)
        while True:  # the definition, row by row
            liked = [row for row in left if row[2] >= 3]
            users, items = [row[0] for row in liked], [row[1] for row in liked]
            bad = [r for r in left if users.count(r[0]) < user_least or items.count(r[1]) < item_least]
            if not bad:
                break
            left = [row for row in left if row not in bad]
        if not left:
            return
        core = k_core(ratings, user_least, item_least, [].append)
        assert _by_id(core) == left
        assert set(core.positives.users) == set(range(core.catalogue.users))
        theirs = {row[:2] for row in left}
        assert _by_id(core.rows) == [row for row in rows if row[:2] in theirs]


def _by_id(ratings: Ratings) -> list[Row]:
    catalogue = ratings.catalogue
    users, items = catalogue.user_ids[ratings.users].tolist(), catalogue.item_ids[ratings.items].tolist()
    return [(user, item, *row[2:]) for user, item, row in zip(users, items, listed(ratings), strict=True)]
