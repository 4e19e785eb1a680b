"""Tests that ratings support selection and concatenation, and that the digest covers all their content."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.ratings import Catalogue, Ratings
from recsys.data.reading.rows import Rows
from recsys.data.settings import DataSettings
from recsys.data.validation import validate_ratings


def same(one: Ratings, other: Ratings) -> bool:
    """Whether both hold the same rows in the same order, over one catalogue."""
    columns = ("users", "items", "values", "timestamps")
    return one.catalogue is other.catalogue and all(
        np.array_equal(getattr(one, column), getattr(other, column)) for column in columns
    )


class TestTakeAndJoin:
    @given(data=st.data())
    def test_taken_rows_are_those_rows(self, ratings: Ratings, data: st.DataObject) -> None:
        rows = data.draw(st.lists(st.integers(0, len(ratings) - 1), max_size=30))
        part = ratings.take(np.array(rows, dtype=np.int64))
        assert len(part) == len(rows)
        for place, row in enumerate(rows):
            assert (part.users[place], part.items[place]) == (ratings.users[row], ratings.items[row])
            assert part.values[place] == ratings.values[row]

    @given(border=st.integers(0, 1200))
    def test_two_pieces_joined_are_the_whole(self, ratings: Ratings, border: int) -> None:
        rows = np.arange(len(ratings))
        assert same(ratings.take(rows[:border]).join(ratings.take(rows[border:])), ratings)

    @given(borders=st.tuples(st.integers(0, 1200), st.integers(0, 1200)))
    def test_joining_is_associative(self, ratings: Ratings, borders: tuple[int, int]) -> None:
        low, high = sorted(borders)
        rows = np.arange(len(ratings))
        a, b, c = (ratings.take(part) for part in (rows[:low], rows[low:high], rows[high:]))
        assert same(a.join(b).join(c), a.join(b.join(c)))

    @given(seed=st.integers(0, 99))
    def test_a_mask_takes_what_its_positions_take(self, ratings: Ratings, seed: int) -> None:
        mask = np.random.default_rng(seed).random(len(ratings)) < 0.3
        assert same(ratings.take(mask), ratings.take(np.flatnonzero(mask)))

    def test_times_are_kept_only_where_both_have_them(self, ratings: Ratings) -> None:
        timeless = replace(ratings, timestamps=None)
        assert timeless.take(np.arange(3)).timestamps is None
        assert ratings.join(timeless).timestamps is None
        assert timeless.join(ratings).timestamps is None


class TestDigest:
    def test_it_is_that_of_the_content(self, ratings: Ratings) -> None:
        copy = ratings.take(np.arange(len(ratings)))
        assert copy.digest == ratings.digest
        assert len(ratings.digest) == 36

    @given(row=st.integers(0, 1199), column=st.sampled_from(["users", "items", "values", "timestamps"]))
    def test_one_changed_cell_of_any_row_changes_it(self, ratings: Ratings, row: int, column: str) -> None:
        cells = getattr(ratings, column).copy()
        cells[row] += 1
        assert replace(ratings, **{column: cells}).digest != ratings.digest

    @given(rows=st.lists(st.integers(0, 1199), min_size=2, max_size=2, unique=True))
    def test_two_exchanged_rows_change_it(self, ratings: Ratings, rows: list[int]) -> None:
        order = np.arange(len(ratings))
        order[rows] = order[rows[::-1]]
        assert ratings.take(order).digest != ratings.digest

    @pytest.mark.parametrize("side", ["user_ids", "item_ids"])
    def test_a_renamed_id_changes_it(self, ratings: Ratings, side: str) -> None:
        ids = getattr(ratings.catalogue, side).to_numpy().copy()
        ids[-1] += 1
        renamed = replace(ratings.catalogue, **{side: pd.Index(ids)})
        assert replace(ratings, catalogue=renamed).digest != ratings.digest

    def test_a_row_moved_between_users_and_items_changes_it(self) -> None:
        one = {"user": ["a", "b"], "item": ["b", "a"], "rating": [1.0, 2.0]}
        other = {**one, "user": one["item"], "item": one["user"]}
        tables = [Rows("t", pa.table(each), count) for each in (one, other)]
        digests = {validate_ratings(table, DataSettings(source="t.csv"), "t").digest for table in tables}
        assert len(digests) == 2

    @given(border=st.integers(1, 8))
    def test_the_border_between_users_and_items_counts(self, border: int) -> None:
        """The same ids in the same order, told apart at another place, are another data set."""
        ids = [f"id{number}" for number in range(10)]

        def parted(at: int) -> Ratings:
            zero = np.zeros(1, np.int32)
            catalogue = Catalogue(pd.Index(ids[:at]), pd.Index(ids[at:]))
            return Ratings(zero, zero, np.ones(1, np.float32), None, catalogue, (1, 5), "t")

        assert parted(border).digest != parted(border + 1).digest
