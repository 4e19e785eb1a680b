"""Tests of the last sessions of each user as a part."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from repeated_pairs import ITEMS, USERS, Row, listed, table

from recsys.errors import InputError
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split

START, MINUTE = 1_400_000_000, 60
some_rows = st.lists(
    st.tuples(st.integers(0, USERS - 1), st.integers(0, 300)), min_size=12, max_size=40, unique_by=lambda row: row
)


def rows_of(drawn: list[tuple[int, int]], per_second: int = 1) -> list[Row]:
    """Rows at these minutes."""
    return [
        (user, place % ITEMS, 1.0, (START + MINUTE * minute) * per_second) for place, (user, minute) in enumerate(drawn)
    ]


def made(rows: list[Row], gap: str | None, last: int = 1, **more: Any) -> tuple[Split, list[Row]]:
    document = {"kind": "leave_last", "last": last, "repeats": True, **more}
    if gap is not None:
        document["session_gap"] = gap
    split = make_split(table(rows), SplitSettings.model_validate(document))
    return split, listed(split.open_test("a test", lambda _why: None))


def last_sessions(rows: list[Row], gap: int, last: int) -> list[Row]:
    """The rows of each user's last sessions, by definition; none of a user who has no more."""
    found = []
    for user in range(USERS):
        own = sorted((row for row in rows if row[0] == user), key=lambda row: row[3])
        sessions = [own[:1]] if own else []
        for one, other in pairwise(own):
            if other[3] - one[3] > gap:
                sessions.append([])
            sessions[-1].append(other)
        found += [row for session in sessions[-last:] for row in session] if len(sessions) > last else []
    return [row for row in rows if row in found]


@given(drawn=some_rows, gap=st.sampled_from([1, 10, 30]), last=st.integers(1, 3), per_second=st.sampled_from([1, 1000]))
def test_the_part_is_each_users_last_sessions(
    drawn: list[tuple[int, int]], gap: int, last: int, per_second: int
) -> None:
    rows = rows_of(drawn, per_second)
    tested = last_sessions(rows, gap * MINUTE * per_second, last)
    assume(len(tested) > 0)
    rest = [row for row in rows if row not in tested]
    validated = last_sessions(rest, gap * MINUTE * per_second, 1)
    assume(validated)
    split, test = made(rows, f"{gap} min", last)
    assert test == tested
    assert listed(split.validation) == validated
    assert listed(split.train) == [row for row in rest if row not in validated]


@given(drawn=some_rows)
def test_sessions_that_a_second_ends_are_single_rows(drawn: list[tuple[int, int]]) -> None:
    rows = rows_of(drawn)
    assume(max(sum(row[0] == user for row in rows) for user in range(USERS)) > 2)
    assert made(rows, "1 s")[1] == made(rows, None)[1]


def test_a_gap_of_just_the_duration_ends_no_session() -> None:
    minutes = [0, 100, 200, 230, 261, 291]
    rows = rows_of([(0, minute) for minute in minutes])
    split, test = made(rows, "30 min")
    assert test == rows[4:]
    assert listed(split.validation) == rows[2:4]


def test_with_a_global_horizon_a_session_is_of_the_rows_from_the_moment_on() -> None:
    rows = rows_of([(0, 0), (1, 50), (0, 100), (0, 110), (1, 115), (0, 120), (0, 300), (0, 310)])
    split, test = made(rows, "30 min", size=0.5, horizon="global", validation={"kind": "temporal", "size": 0.5})
    assert test == [rows[4], *rows[6:]]
    assert split.left_out.test == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "temporal"}, "session_gap does nothing here: parts of kinds 'temporal' and 'temporal' do not look"),
        ({"session_gap": "30"}, "'30': expected a duration such as"),
        ({"session_gap": 30}, "session_gap"),
    ],
)
def test_settings_that_do_not_fit(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SplitSettings.model_validate({"kind": "leave_last", "session_gap": "30 min", **settings})


def test_steps_have_no_minutes() -> None:
    rows = [(0, place % ITEMS, 1.0, place) for place in range(12)]
    with pytest.raises(InputError, match=r"split\.session_gap = '30 min': .*, but 0 to 11: expected no session_gap"):
        made(rows, "30 min")
