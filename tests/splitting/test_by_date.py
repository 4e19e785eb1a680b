"""Tests of parts that a date or a duration cuts out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from repeated_pairs import CATALOGUE

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings

START = datetime(1998, 1, 1, tzinfo=UTC)
DAY = 86_400
UNITS = pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
Moments = list[datetime]
some_days = st.lists(st.integers(0, 59), min_size=6, max_size=30)


def table(times: Any) -> Ratings:
    """Rows at these times, each with its number as its value."""
    times = np.asarray(times)
    codes = np.arange(len(times), dtype=np.int32)
    return Ratings(
        codes % 4, codes // 4 % 5, codes.astype(np.float32), times, CATALOGUE, (0.0, max(len(times), 1)), "drawn"
    )


def on_days(days: list[int], unit: int = 1) -> Ratings:
    """A row on each day of 1998, at midnight."""
    return table((int(START.timestamp()) + np.array(days) * DAY) * unit)


def parts(ratings: Ratings, **settings: object) -> tuple[list[int], list[int], list[int]]:
    """The rows of training, validation and test."""
    split = make_split(ratings, SplitSettings.model_validate({"kind": "temporal", **settings}))
    found = split.train, split.validation, split.open_test("a test", lambda _why: None)
    return tuple(each.values.astype(int).tolist() for each in found)  # type: ignore[return-value]


class TestAMoment:
    @UNITS
    @given(days=some_days, first=st.integers(1, 58))
    def test_what_is_before_it_is_training_and_the_rest_is_tested(self, unit: int, days: list[int], first: int) -> None:
        moment = START + timedelta(days=first)
        earlier = [place for place, day in enumerate(days) if day < first]
        later = [place for place, day in enumerate(days) if day >= first]
        assume(later and len(earlier) > 2)
        train, validation, test = parts(on_days(days, unit), at=moment.date().isoformat())
        assert test == later
        assert sorted(train + validation) == earlier

    @pytest.mark.parametrize(
        "at", ["1998-01-05", "1998-01-05T00:00", "1998-01-05T00:00:00Z", "1998-01-05T02:00:00+02:00", "19980105"]
    )
    def test_the_same_moment_may_be_written_in_many_ways(self, at: str) -> None:
        assert parts(on_days([*range(9)]), at=at)[2] == [4, 5, 6, 7, 8]

    def test_dates_of_toml_are_dates(self) -> None:
        for at in (START.date(), START.replace(tzinfo=None), START):
            assert SplitSettings.model_validate({"kind": "temporal", "at": at}).at == at.isoformat()

    def test_a_moment_within_a_day_and_a_second(self) -> None:
        times = np.array([0.0, 0.25, 0.5, 0.75, 1.0, 2.0]) + START.timestamp()
        assert parts(table(times), at="1998-01-01T00:00:00.5")[2] == [2, 3, 4, 5]
        whole = table((times * 10**3).astype(np.int64))
        assert parts(whole, at="1998-01-01T00:00:00.250001")[2] == [2, 3, 4, 5]

    @pytest.mark.parametrize("at", [3, 3.0, 2.5])
    def test_steps_have_a_number(self, at: float) -> None:
        assert parts(table([0, 1, 2, 3, 4]), at=at)[2] == [3, 4]

    def test_validation_may_begin_at_one_too(self) -> None:
        train, validation, test = parts(on_days([*range(9)]), at="1998-01-07", validation={"at": "1998-01-04"})
        assert (train, validation, test) == ([0, 1, 2], [3, 4, 5], [6, 7, 8])


class TestADuration:
    @UNITS
    @given(days=some_days, tested=st.integers(1, 30), validated=st.integers(1, 20))
    def test_a_part_is_as_long_as_it_says_and_ends_where_the_next_begins(
        self, unit: int, days: list[int], tested: int, validated: int
    ) -> None:
        """Days at midnight: the last 3 days are those of 3 dates."""
        border = max(days) - tested
        wanted: list[list[int]] = [[], [], []]
        for place, day in enumerate(days):
            wanted[2 if day > border else 1 if day > border - validated else 0].append(place)
        assume(all(wanted))
        last = {"last": f"{tested} days", "validation": {"last": f"{validated * 24} hours"}}
        assert list(parts(on_days(days, unit), **last)) == wanted

    def test_the_end_of_validation_is_where_the_test_begins_and_not_the_last_row_before_it(self) -> None:
        days = [0, 1, 2, 3, 8, 9]
        split = {"at": "1998-01-08", "validation": {"last": "6 days"}}
        assert parts(on_days(days), **split) == ([0], [1, 2, 3], [4, 5])

    def test_after_a_share_validation_ends_with_its_last_row(self) -> None:
        split = {"size": 0.3, "validation": {"last": "2 days"}}
        assert parts(on_days([0, 1, 2, 3, 8, 9]), **split) == ([0, 1], [2, 3], [4, 5])

    def test_fractions_of_seconds_are_kept(self) -> None:
        times = np.array([0.0, 0.5, 1.0, 1.5, 2.0]) + START.timestamp()
        assert parts(table(times), last="1 second")[2] == [3, 4]


class TestRefusals:
    @pytest.mark.parametrize("at", ["1997-12-31", "1998-01-01", "1998-01-10"])
    def test_a_moment_outside_the_data_with_their_range(self, at: str) -> None:
        with pytest.raises(
            InputError, match=rf"split\.at = '{at}': .* go from 1998-01-01 00:00 to 1998-01-09 00:00, .* between them"
        ):
            parts(on_days([*range(9)]), at=at)

    def test_of_validation_the_range_is_that_of_the_remaining_rows(self) -> None:
        with pytest.raises(InputError, match=r"split\.validation\.at = '1998-01-08': .* to 1998-01-06 00:00"):
            parts(on_days([*range(9)]), at="1998-01-07", validation={"at": "1998-01-08"})

    def test_a_duration_longer_than_the_data(self) -> None:
        with pytest.raises(InputError, match=r"split\.last = '9 days': the rows to split go from 1998-01-01 00:00 to"):
            parts(on_days([*range(9)]), last="9 days")

    def test_a_time_without_rows_before_the_test(self) -> None:
        with pytest.raises(InputError, match=r"split\.validation\.last = '2 days'"):
            parts(on_days([0, 1, 2, 8, 9]), at="1998-01-08", validation={"last": "2 days"})

    def test_a_number_outside_the_steps(self) -> None:
        with pytest.raises(InputError, match=r"split\.at = 9: the rows to split go from 0 to 4"):
            parts(table([0, 1, 2, 3, 4]), at=9)

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"at": "1998-01-05"}, r"split\.at = '1998-01-05': .*, but 0 to 4: expected a number"),
            ({"last": "2 days"}, r"split\.last = '2 days': .*, but 0 to 4: expected split\.size, or split\.at with a"),
        ],
    )
    def test_dates_and_durations_of_steps(self, settings: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=message):
            parts(table([0, 1, 2, 3, 4]), **settings)

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"last": 14}, "last = 14: a test part of kind 'temporal' needs a duration such as '14 days'"),
            ({"validation": {"last": 7}}, "last = 7: a validation part of kind 'temporal' needs a duration"),
            ({"last": "14 dayz"}, "'14 dayz': expected a duration such as '14 days'"),
            ({"at": "yesterday"}, "'yesterday': expected a date such as '1998-03-01'"),
            ({"at": True}, "True: expected a date such as '1998-03-01', or a number"),
            ({"at": float("nan")}, "nan: expected a date"),
            ({"at": "1998-01-05", "size": 0.3}, "size does nothing here: at = '1998-01-05' says where the test part"),
            ({"at": "1998-01-05", "last": "2 days"}, "last does nothing here: at = '1998-01-05' says where"),
            ({"last": "2 days", "size": 0.3}, "size does nothing here: last = '2 days' says how long the test part"),
            ({"kind": "leave_last", "last": "2 days"}, "last = '2 days': .* 'leave_last' needs the number of each"),
            ({"kind": "leave_last", "at": "1998-01-05"}, "at does nothing here"),
            ({"kind": "random", "at": "1998-01-05"}, "at does nothing here"),
            ({"kind": "leave_last", "last": 0}, "0: expected a number from 1 on, or a duration"),
        ],
    )
    def test_settings_that_do_not_fit(self, settings: dict[str, Any], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            SplitSettings.model_validate({"kind": "temporal", **settings})
