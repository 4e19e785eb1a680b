"""Tests of cases: whom a held-out part asks for, what they did before, and what they chose then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation import cases as module
from recsys.evaluation.cases import Cases, cases_of
from recsys.evaluation.ranking import RankingPart

USERS, ITEMS = 4, 8


def part_of(rows: list[tuple[int, int, int, int]], **changes: Any) -> Ratings:
    """A part from rows of user, item, stars and time."""
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Ratings(
        users=columns[0].astype(np.int32),
        items=columns[1].astype(np.int32),
        values=columns[2].astype(np.float32),
        timestamps=columns[3],
        catalogue=Catalogue(pd.RangeIndex(USERS), pd.RangeIndex(ITEMS)),
        scale=(1.0, 5.0),
        name="cases",
        positive_from=4,
        ordered=True,
        **changes,
    )


def written_out(train: Ratings, held_out: Ratings) -> list[tuple[int, list[int], set[int], int]]:
    """User, positives before, items before and the item of each case of growing histories, event by event."""
    found = []
    for user in range(USERS):
        past: list[tuple[int, float]] = []
        for part in (train, held_out):
            events = [row for row in zip(*_columns(part), strict=True) if row[0] == user]
            for _, item, stars, _ in sorted(events, key=lambda row: row[3]):
                if part is held_out and stars >= 4:
                    liked = [other for other, value in past if value >= 4]
                    found.append((user, liked, {other for other, _ in past}, item))
                past.append((item, stars))
    return found


def _columns(part: Ratings) -> list[Any]:
    assert part.timestamps is not None
    return [part.users.tolist(), part.items.tolist(), part.values.tolist(), part.timestamps.tolist()]


def described(cases: Cases) -> list[tuple[int, list[int], set[int], int]]:
    histories = cases.histories.positives
    return [
        (
            int(user),
            histories.take(np.array([place])).items.tolist(),
            set(cases.seen[[place]].nonzero()[1].tolist()),
            int(cases.relevant[[place]].nonzero()[1][0]),
        )
        for place, user in enumerate(cases.users)
    ]


@st.composite
def any_parts(draw: st.DrawFn) -> tuple[Ratings, Ratings]:
    """A training part and a later one, without a pair in both."""
    pairs = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 7)), unique=True, min_size=2, max_size=24))
    rows = [(user, item, draw(st.integers(1, 5)), time) for time, (user, item) in enumerate(pairs)]
    border = draw(st.integers(1, len(rows) - 1))
    return part_of(rows[:border]), part_of(rows[border:], grows=True)


class TestGrowingHistories:
    @settings(deadline=None)
    @given(any_parts())
    def test_each_held_out_positive_is_a_case_after_all_that_its_user_did_before(
        self, parts: tuple[Ratings, Ratings]
    ) -> None:
        assert described(cases_of(*parts, None)) == written_out(*parts)

    @settings(deadline=None)
    @given(any_parts(), st.data())
    def test_a_case_depends_on_nothing_after_it(self, parts: tuple[Ratings, Ratings], data: st.DataObject) -> None:
        """The parts are in the order of time, so that a prefix of the rows is the past."""
        train, held_out = parts
        kept = held_out.take(np.arange(len(held_out)) <= data.draw(st.integers(0, len(held_out) - 1)))
        whole = described(cases_of(train, held_out, None))
        assert all(case in whole for case in described(cases_of(train, kept, None)))

    def test_a_new_user_is_cold_until_the_first_positive(self) -> None:
        train = part_of([(0, 0, 5, 1), (1, 1, 5, 2)])
        held_out = part_of([(2, 3, 5, 3), (2, 4, 5, 4), (0, 5, 4, 5)], grows=True)
        part = RankingPart.of(train, held_out, None)
        assert part.users.tolist() == [0, 2, 2]
        assert part.cold(rates=False, reads=True).tolist() == [False, True, False]
        assert part.cold(rates=False, reads=False).tolist() == [False, True, True]

    def test_items_may_come_again_where_repeats_are_allowed(self) -> None:
        train = part_of([(0, 0, 5, 1)], repeats=True)
        held_out = part_of([(0, 0, 5, 3), (0, 2, 5, 4)], grows=True, repeats=True)
        cases = cases_of(train, held_out, None)
        assert cases.seen.nnz == 0
        assert cases.histories.items.tolist() == [0, 0, 0]

    def test_many_cases_are_those_of_a_sample_of_users(self, monkeypatch: pytest.MonkeyPatch) -> None:
        random = np.random.default_rng(0)
        pairs = [(int(pair // ITEMS), int(pair % ITEMS)) for pair in random.permutation(USERS * ITEMS)]
        rows = [(user, item, 5, time) for time, (user, item) in enumerate(pairs)]
        train, held_out = part_of(rows[:8]), part_of(rows[8:], grows=True)
        monkeypatch.setattr(module, "MOST_SCORES", 8 * ITEMS)
        monkeypatch.setattr(module, "LEAST", 8)
        some = cases_of(train, held_out, None)
        monkeypatch.undo()
        whole = cases_of(train, held_out, None)
        assert 0 < len(some.users) <= 8 < len(whole.users)
        chosen = np.isin(whole.users, some.users)
        assert described(some) == [case for case, kept in zip(described(whole), chosen, strict=True) if kept]


class TestFixedHistories:
    def test_a_user_is_one_case_after_training(self) -> None:
        train = part_of([(0, 0, 5, 1), (0, 1, 2, 2), (1, 1, 5, 2)])
        held_out = part_of([(0, 3, 5, 3), (0, 4, 4, 4), (1, 5, 2, 5), (2, 6, 5, 6)])
        cases = cases_of(train, held_out, None)
        assert cases.users.tolist() == [0, 2]
        assert cases.histories.items.tolist() == [0, 1]
        assert [set(cases.relevant[[place]].nonzero()[1].tolist()) for place in (0, 1)] == [{3, 4}, {6}]
        assert cases.seen[[0]].nonzero()[1].tolist() == [0, 1]
        assert cases.times is not None
        assert cases.times.tolist() == [3, 6]

    def test_taken_cases_keep_their_histories(self) -> None:
        train = part_of([(0, 0, 5, 1), (1, 1, 5, 2)])
        cases = cases_of(train, part_of([(0, 3, 5, 3), (1, 4, 5, 4)]), None).take(np.array([1]))
        assert (cases.users.tolist(), cases.histories.items.tolist()) == ([1], [1])

    def test_ratings_below_the_threshold_are_seen_and_are_no_positives(self) -> None:
        train = replace(part_of([(0, 0, 3, 1), (0, 1, 5, 2)]), positive_from=None)
        held_out = replace(part_of([(0, 2, 3, 3), (0, 3, 5, 4)]), positive_from=None)
        cases = cases_of(train, held_out, 5)
        assert cases.histories.positives.items.tolist() == [1]
        assert cases.relevant.nonzero()[1].tolist() == [3]
