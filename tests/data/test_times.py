"""Tests of timestamps: they keep their order, and only invalid values are counted and shown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from data_samples import load, rows_of, write
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.data.settings import DataSettings
from recsys.errors import InputError
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings

WHEN = {"timestamp": "when"}


def times(folder: Path, *written: str, **data: Any) -> list[Any]:
    lines = [f'u,{item},{item},"{when}"' for item, when in enumerate(written)]
    name = write(folder, "user,item,rating,when", *lines)
    found = load(folder, name, columns=WHEN, **data).timestamps
    assert found is not None
    return list(found.tolist())


def stored(folder: Path, column: pa.Array) -> list[Any]:
    many = range(len(column))
    table = pa.table(
        {"user": ["u"] * len(column), "item": many, "rating": pa.array(many, pa.float64()), "when": column}
    )
    pq.write_table(table, folder / "r.parquet")
    found = load(folder, "r.parquet", columns=WHEN).timestamps
    assert found is not None
    return list(found.tolist())


class TestOrder:
    @given(moments=st.lists(st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1)), min_size=2, max_size=9))  # noqa: DTZ001 - any
    def test_dates_are_as_far_apart_as_they_were(
        self, tmp_path_factory: pytest.TempPathFactory, moments: list[datetime]
    ) -> None:
        """To the microsecond, in text and in a file's own type."""
        folder = tmp_path_factory.mktemp("times")
        ticks = np.array(moments, "datetime64[us]").astype(np.int64)
        for found in (times(folder, *(f"{each.isoformat()}Z" for each in moments)), stored(folder, pa.array(moments))):
            unit = 1 if any(each.microsecond for each in moments) else 10**6
            assert (np.array(found) * unit).tolist() == ticks.tolist()

    @given(seconds=st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=9))
    def test_numbers_are_as_they_were(self, tmp_path_factory: pytest.TempPathFactory, seconds: list[float]) -> None:
        """Beside one of long ago, since seconds among milliseconds of our days are refused."""
        folder = tmp_path_factory.mktemp("times")
        seconds = [0.5, *seconds]
        assert times(folder, *map(repr, seconds)) == seconds == stored(folder, pa.array(seconds))

    @given(ticks=st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=9))
    def test_whole_numbers_keep_every_digit(self, tmp_path_factory: pytest.TempPathFactory, ticks: list[int]) -> None:
        """Beside one of long ago, as above."""
        folder = tmp_path_factory.mktemp("times")
        ticks = [1, *ticks]
        assert times(folder, *map(str, ticks)) == ticks == stored(folder, pa.array(ticks))

    def test_the_last_row_by_time_is_the_one_that_is_left_out(self, tmp_path: Path) -> None:
        """Three ratings in one second, the newest first."""
        lines = [f"{u},1{n},{5 - n},2020-01-01T00:00:0{u}.{9 - 4 * n}00Z" for u in (1, 2) for n in range(3)]
        ratings = load(tmp_path, write(tmp_path, "user,item,rating,when", *lines), columns=WHEN)
        split = make_split(ratings, SplitSettings(kind="leave_last"))
        test = split.open_test("a test", lambda _why: None)
        assert rows_of(test) == [(1, 10, 5), (2, 10, 5)]

    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    @pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
    def test_a_files_own_times_are_seconds_where_they_are_whole(
        self, unit: str, zone: str | None, tmp_path: Path
    ) -> None:
        moments = pa.array([1_500_000_000, 5]).cast(pa.timestamp("s")).cast(pa.timestamp(unit, zone))
        assert stored(tmp_path, moments) == [1_500_000_000, 5]

    def test_and_so_are_its_dates(self, tmp_path: Path) -> None:
        assert stored(tmp_path, pa.array([date(1970, 1, 2), date(1970, 1, 1)])) == [86400, 0]

    def test_a_pair_rated_again_keeps_the_later_by_time(self, tmp_path: Path) -> None:
        name = write(tmp_path, "user,item,rating,when", "1,10,5,300", "1,10,1,100", "2,10,2,200")
        again = load(tmp_path, name, columns=WHEN, duplicates="last")
        assert rows_of(again) == [(1, 10, 5), (2, 10, 2)]
        assert rows_of(load(tmp_path, name, duplicates="last")) == [(1, 10, 1), (2, 10, 2)]
        mean = load(tmp_path, name, columns=WHEN, duplicates="mean")
        assert rows_of(mean) == [(1, 10, 3), (2, 10, 2)]
        assert mean.timestamps is not None
        assert mean.timestamps.tolist() == [300, 200]

    def test_of_equal_times_the_later_in_the_file_is_the_later(self, tmp_path: Path) -> None:
        name = write(tmp_path, "user,item,rating,when", "1,10,5,300", "1,10,1,300", "1,10,2,7", "1,9,2,7")
        assert load(tmp_path, name, columns=WHEN, duplicates="last").values.tolist() == [1, 2]


class TestRefusals:
    def test_one_word_among_numbers_is_shown_alone_with_how_to_leave_it_out(self, tmp_path: Path) -> None:
        seconds = [str(1_400_000_000 + number) for number in range(1500)]
        seconds[700] = "NULL"
        with pytest.raises(InputError) as failure:
            times(tmp_path, *seconds)
        assert "1 row has a timestamp that is not a number, unlike the others: line 702: u, 700, 700, NULL" in str(
            failure.value
        )
        assert 'data.missing = ["NULL"] leaves such rows out' in str(failure.value)
        assert len(times(tmp_path, *seconds, missing=("NULL",))) == 1499

    def test_one_word_among_dates_too(self, tmp_path: Path) -> None:
        with pytest.raises(
            InputError, match=r'1 row has a timestamp that cannot be read: line 3: u, 1, 1, soon; .*missing = ."soon'
        ):
            times(tmp_path, "2020-01-01", "soon", "2020-01-03")

    def test_seconds_beside_milliseconds(self, tmp_path: Path) -> None:
        """Nobody means an order in which all of the one kind come after all of the other."""
        with pytest.raises(
            InputError, match=r"2 rows have a timestamp in another unit than the others: line 2.*line 5"
        ):
            times(tmp_path, "1400000000", "1400000000500", "1400000001500", "1400000002", "1400000003500")

    @pytest.mark.parametrize("written", [("1", "1400000000500"), ("-5", "1400000000"), ("0", "1", "2"), ("150", "1e9")])
    def test_numbers_that_are_no_times_of_our_days_are_left_alone(
        self, written: tuple[str, ...], tmp_path: Path
    ) -> None:
        assert times(tmp_path, *written) == [float(each) for each in written]

    def test_an_empty_one_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r'1 row has a missing timestamp: line 3.*data\.missing = \[""\] leaves'):
            times(tmp_path, "5", "", "7")
        assert times(tmp_path, "5", "", "7", missing=("",)) == [5, 7]

    def test_dates_written_otherwise_are_told_what_is_expected(self, tmp_path: Path) -> None:
        american = "01/31/2020 22:30", "02/01/2020 07:00"
        with pytest.raises(
            InputError, match=r"expected seconds since 1970, or dates as in 2020-01-31T10:30:00Z, or set"
        ):
            times(tmp_path, *american)
        seconds = [datetime(2020, 1, 31, 22, 30, tzinfo=UTC), datetime(2020, 2, 1, 7, 0, tzinfo=UTC)]
        assert times(tmp_path, *american, time_format="%m/%d/%Y %H:%M") == [each.timestamp() for each in seconds]

    def test_a_date_that_is_not_in_the_format_said_is_shown(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"line 2: u, 0, 0, 31/01/2020; expected '%m/%d/%Y'"):
            times(tmp_path, "31/01/2020", "01/31/2020", time_format="%m/%d/%Y")

    @pytest.mark.parametrize("form", ["%Q", "%", "%Y-%"])
    def test_what_is_no_format_is_refused(self, form: str) -> None:
        with pytest.raises(ValidationError, match="expected a format such as"):
            DataSettings.model_validate({"source": "r.csv", "columns": WHEN, "time_format": form})

    def test_numbers_that_are_dates_by_their_digits_take_a_format(self, tmp_path: Path) -> None:
        assert times(tmp_path, "19700102", "19700101", time_format="%Y%m%d") == [86400, 0]

    def test_another_type_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="2 rows have a timestamp that cannot be read: row 1"):
            stored(tmp_path, pa.array([b"x", b"y"]))


class TestNoTimes:
    """Truths and times of day have no order in time."""

    @pytest.mark.parametrize("written", [["True", "False"], ["true", "true"]])
    def test_truths_are_refused(self, written: list[str], tmp_path: Path) -> None:
        with pytest.raises(
            InputError, match="the timestamps are true or false, which are not times: name another column"
        ):
            times(tmp_path, *written)
        with pytest.raises(InputError, match="the timestamps are true or false"):
            stored(tmp_path, pa.array([each.lower() == "true" for each in written]))

    @pytest.mark.parametrize(
        "written",
        [
            ["17:51:13", "08:00:59"],
            ["17:51", "8:00"],
            ["5:51 PM", "11:02 am"],
            ["17:51:13.250", "08:00:59.5"],
            [f"{hour}{minute:02}{17:02}" for hour in range(24) for minute in (1, 59)],
        ],
    )
    def test_times_of_day_are_refused_with_what_would_be_right(self, written: list[str], tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"times of day, such as .*, without their dates: .* columns\.time_of_day"):
            times(tmp_path, *written)

    def test_and_so_is_a_files_own_type_of_them(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="times of day"):
            stored(tmp_path, pa.array([1, 2], pa.time32("s")))

    def test_and_a_format_of_them(self) -> None:
        with pytest.raises(ValidationError, match=r"of times of day, which need a date: .*columns\.time_of_day"):
            DataSettings.model_validate({"source": "r.csv", "columns": WHEN, "time_format": "%H:%M:%S"})

    def test_small_numbers_that_tell_an_order_are_none(self, tmp_path: Path) -> None:
        steps = [str(step) for step in range(300)]
        assert times(tmp_path, *steps) == [float(step) for step in steps]


class TestTimesOfDay:
    @given(moments=st.lists(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), min_size=1, max_size=9))  # noqa: DTZ001
    def test_with_their_dates_are_the_times(
        self, tmp_path_factory: pytest.TempPathFactory, moments: list[datetime]
    ) -> None:
        folder = tmp_path_factory.mktemp("clocks")
        moments = [each.replace(microsecond=0, tzinfo=UTC) for each in moments]
        expected = [each.timestamp() for each in moments]
        forms = [("%Y-%m-%d", "%H:%M:%S", None), ("%Y%m%d", "%H%M%S", None), ("%d.%m.%Y", "%I:%M:%S %p", "%d.%m.%Y")]
        for date_form, clock_form, said in forms:
            clocks = [each.strftime(clock_form) for each in moments]
            clocks = [str(int(each)) if clock_form == "%H%M%S" else each for each in clocks]
            rows = [f"u,{at},1,{each:{date_form}},{clocks[at]}" for at, each in enumerate(moments)]
            name = write(folder, "user,item,n,day,clock", *rows)
            columns = {"weight": "n", "timestamp": "day", "time_of_day": "clock"}
            found = load(folder, name, feedback="implicit", columns=columns, time_format=said).timestamps
            assert found is not None
            assert found.tolist() == expected

    def test_of_a_files_own_types(self, tmp_path: Path) -> None:
        table = pa.table(
            {
                "user": ["u", "u"],
                "item": [1, 2],
                "day": pa.array([date(1970, 1, 2), date(1970, 1, 1)]),
                "clock": pa.array([60_000_000, 1], pa.time64("us")),
            }
        )
        pq.write_table(table, tmp_path / "r.parquet")
        columns = {"timestamp": "day", "time_of_day": "clock"}
        found = load(tmp_path, "r.parquet", feedback="implicit", columns=columns).timestamps
        assert found is not None
        assert found.tolist() == [86_460_000_000, 1]

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("u,1,1400000000,17:51", "a date that cannot be read.*expected dates as in 2020-01-31"),
            ("u,1,2020-01-31T10:30:00,17:51", "a date that cannot be read"),
            ("u,1,2020-01-31,25:00", "a time of day that cannot be read.*expected times as in 17:51:13"),
            ("u,1,2020-01-31,", "a missing time of day"),
        ],
    )
    def test_what_is_none_is_refused(self, row: str, message: str, tmp_path: Path) -> None:
        columns = {"timestamp": "day", "time_of_day": "clock"}
        with pytest.raises(InputError, match=f"1 row has {message}"):
            load(tmp_path, write(tmp_path, "user,item,day,clock", row), feedback="implicit", columns=columns)
