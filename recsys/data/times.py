"""Times from a column of any type, as numbers that keep their order to the last fraction."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Float64Array, Int64Array
from recsys.data.durations import EPOCH_TIMES
from recsys.data.missing import LEAVE_OUT, format_values
from recsys.data.numbers import numbers
from recsys.data.reading.rows import Rows
from recsys.data.times_of_day import PER_SECOND, are_times_of_day, is_boolean, seconds_of_day
from recsys.errors import InputError, shown

Times = Int64Array | Float64Array

_EDGES = np.array([edge for least, most, _ in EPOCH_TIMES for edge in (least, most)])
"""The bounds of `EPOCH_TIMES`, ascending."""
_UNREADABLE = "a timestamp that cannot be read"
_NOT_A_NUMBER = "a timestamp that is not a number, unlike the others"
_EXPECTED = "expected seconds since 1970, or dates as in 2020-01-31T10:30:00Z, or set data.time_format"


class TimeSettings(Protocol):
    """The settings of `[data]` that describe times."""

    @property
    def time_format(self) -> str | None:
        """The `strptime` format of dates; None for ISO 8601."""
        ...

    @property
    def decimal(self) -> str:
        """The decimal separator of numbers in text."""
        ...

    @property
    def thousands(self) -> str | None:
        """The thousands separator of numbers in text."""
        ...


def times_of(rows: Rows, settings: TimeSettings) -> Times:
    """The times, (N,): numbers unchanged; dates as seconds since 1970, or in the unit of their fractions.

    Args:
        rows: With a column `timestamp`, whose text is numbers, or dates in ISO 8601 or in a given format. A column
            `time_of_day` is added to the dates.
        settings: How they are written.

    Raises:
        InputError: A time is missing or invalid, such as a time of day without a date.
    """
    column = _plain(rows, "timestamp")
    refuse_non_times(rows, column)
    if "time_of_day" in rows.table.column_names:
        return _with_time_of_day(rows, column, settings.time_format)
    if pa.types.is_timestamp(column.type):
        return _ticks(column.to_numpy())
    if pa.types.is_date(column.type):
        return _ticks(column.cast(pa.timestamp("s")).to_numpy())
    if settings.time_format is not None:
        form = settings.time_format
        return _dates(rows, _parsed(column.cast(pa.string()), form), f"expected {form!r}")
    return _numeric_or_dates(rows, column, settings)


def refuse_non_times(rows: Rows, column: pa.ChunkedArray) -> None:
    """Refuse a column of booleans or of times of day, which do not order the rows.

    Raises:
        InputError: It is one. The message says what would be right.
    """
    if is_boolean(column):
        raise InputError(
            f"{rows.place}: the timestamps are true or false, which are not times: name another column as "
            "columns.timestamp, or none"
        )
    if are_times_of_day(column):
        raise InputError(
            f"{rows.place}: the timestamps are times of day, such as {shown(column[0].as_py())}, without their dates: "
            "name the column of dates as columns.timestamp, and this one as columns.time_of_day"
        )


def _plain(rows: Rows, role: str) -> pa.ChunkedArray:
    column = rows.table.column(role)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
        column = column.cast(pa.string())
    rows.refuse(column.is_null(), f"a missing {role.replace('_', ' ')}", LEAVE_OUT % '[""]')
    return column


def _with_time_of_day(rows: Rows, column: pa.ChunkedArray, form: str | None) -> Times:
    """Dates with their times of day, in microseconds if any has a fraction of a second, otherwise in seconds."""
    days = _days(column, form)
    expected = f"expected {form!r}" if form else "expected dates as in 2020-01-31, or set data.time_format"
    rows.refuse(np.isnat(days), "a date that cannot be read", expected)
    seconds = seconds_of_day(_plain(rows, "time_of_day"))
    rows.refuse(np.isnan(seconds), "a time of day that cannot be read", "expected times as in 17:51:13, or 175113")
    ticks = days.astype("datetime64[us]").astype(np.int64) + np.round(seconds * 1e6).astype(np.int64)
    return ticks if (ticks % 10**6).any() else ticks // 10**6


def _days(column: pa.ChunkedArray, form: str | None) -> npt.NDArray[np.datetime64]:
    """The dates; NaT for anything else, including dates with a time of day."""
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        dates = pd.Series(column.cast(pa.timestamp("us")).to_numpy())
    else:
        texts = column.cast(pa.string())
        compact = form is None and pc.all(pc.match_substring_regex(texts, "^[12][0-9]{7}$")).as_py()
        numeric = form is None and not compact and pc.all(pc.match_substring_regex(texts, "^[0-9]+$")).as_py()
        dates = _parsed(texts, "%Y%m%d" if compact else form or "ISO8601").dt.tz_localize(None)
        if numeric:
            return np.full(len(column), np.datetime64("NaT"))  # seconds since 1970, which have their times of day
    days: npt.NDArray[np.datetime64] = dates.dt.floor("D").to_numpy()
    return np.where(dates.to_numpy() == days, days, np.datetime64("NaT"))


def _numeric_or_dates(rows: Rows, column: pa.ChunkedArray, settings: TimeSettings) -> Times:
    if settings.decimal == "." and (whole := _whole(column)) is not None:
        return _of_one_unit(rows, whole)
    seconds = numbers(column, settings.decimal, settings.thousands)
    with np.errstate(invalid="ignore"):
        good = np.abs(seconds) < 2.0**63
    if good.all():
        return _of_one_unit(rows, seconds.astype(np.int64) if (seconds == np.floor(seconds)).all() else seconds)
    if pa.types.is_string(column.type):
        dates = _parsed(column, "ISO8601")
        if not good.any() or dates.notna().sum() > good.sum():
            return _dates(rows, dates, _EXPECTED)
    first = column.filter(pa.array(~good))[0].as_py()
    hint = LEAVE_OUT % format_values([first]) if good.any() else _EXPECTED
    rows.refuse(~good, _NOT_A_NUMBER if good.any() else _UNREADABLE, hint)
    raise AssertionError  # some row is bad


def _of_one_unit(rows: Rows, times: Times) -> Times:
    """Refuse epoch times of which some are in seconds and others in milliseconds, or the like."""
    units = np.searchsorted(_EDGES, [times.min(), times.max()])
    if units[0] != units[1] and (units % 2).all():
        of_rows = np.searchsorted(_EDGES, times)
        if (of_rows % 2).all():
            usual = np.bincount(of_rows).argmax()
            rows.refuse(of_rows != usual, "a timestamp in another unit than the others", "make them all seconds")
    return times


def _parsed(column: pa.ChunkedArray, form: str) -> pd.Series[Any]:
    written = pd.Series(column.to_pylist(), dtype=object)
    return pd.to_datetime(written, errors="coerce", utc=True, format=form)


def _dates(rows: Rows, dates: pd.Series[Any], expected: str) -> Int64Array:
    bad = dates.isna().to_numpy()
    if bad.any() and bad.mean() < 0.5:
        expected = (
            f"{expected}; {LEAVE_OUT % format_values([rows.table.column('timestamp')[int(bad.argmax())].as_py()])}"
        )
    rows.refuse(bad, _UNREADABLE, expected)
    return _ticks(dates.dt.tz_localize(None).to_numpy())


def _ticks(dates: npt.NDArray[np.datetime64]) -> Int64Array:
    """Whole seconds if all are, otherwise in the dates' own unit."""
    per_second = PER_SECOND[np.datetime_data(dates.dtype)[0]]
    ticks = dates.astype(np.int64)
    return ticks if (ticks % per_second).any() else ticks // per_second


def _whole(column: pa.ChunkedArray) -> Int64Array | None:
    """The column as whole numbers with every digit; None if it has others."""
    try:
        found: Int64Array = column.cast(pa.int64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return found
