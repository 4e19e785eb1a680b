"""Times out of a column of any type, in numbers that keep the order they were written in, to the last fraction."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from recsys.data.missing import LEAVE_OUT, in_words
from recsys.data.numbers import numbers
from recsys.data.reading.rows import Rows

Times = npt.NDArray[np.int64] | npt.NDArray[np.float64]

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_EDGES = np.array([1e8, 2e10, 1e11, 2e13, 1e14, 2e16, 1e17, 2e19])
"""Between the first two are seconds since 1970 in our days, between the next two milliseconds, and so on."""
_UNREADABLE = "a timestamp that cannot be read"
_NOT_A_NUMBER = "a timestamp that is no number, as the others are"
_EXPECTED = "expected seconds since 1970, or dates as in 2020-01-31T10:30:00Z, or say data.time_format"


def times_of(rows: Rows, form: str | None, decimal: str) -> Times:
    """The times, (N,): numbers as they are, whole or not; dates as seconds since 1970, or in their fractions' unit.

    Args:
        rows: With a column `timestamp`; text in it is numbers, or dates in ISO 8601 or in `form`.
        form: As `strptime` reads it; None for ISO 8601.
        decimal: What stands before the fraction of a number that is text.

    Raises:
        InputError: A time is missing, or is none.
    """
    column = rows.table.column("timestamp")
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    rows.refuse(column.is_null(), "a missing timestamp", LEAVE_OUT % '[""]')
    if pa.types.is_timestamp(column.type):
        return _ticks(column.to_numpy())
    if pa.types.is_date(column.type):
        return _ticks(column.cast(pa.timestamp("s")).to_numpy())
    if form is not None:
        return _dates(rows, _parsed(column.cast(pa.string()), form), f"expected {form!r}")
    return _numeric_or_dates(rows, column, decimal)


def _numeric_or_dates(rows: Rows, column: pa.ChunkedArray, decimal: str) -> Times:
    if decimal == "." and (whole := _whole(column)) is not None:
        return _of_one_unit(rows, whole)
    seconds = numbers(column, decimal)
    with np.errstate(invalid="ignore"):
        good = np.abs(seconds) < 2.0**63
    if good.all():
        return _of_one_unit(rows, seconds.astype(np.int64) if (seconds == np.floor(seconds)).all() else seconds)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        dates = _parsed(column, "ISO8601")
        if not good.any() or dates.notna().sum() > good.sum():
            return _dates(rows, dates, _EXPECTED)
    first = column.filter(pa.array(~good))[0].as_py()
    hint = LEAVE_OUT % in_words([first]) if good.any() else _EXPECTED
    rows.refuse(~good, _NOT_A_NUMBER if good.any() else _UNREADABLE, hint)
    raise AssertionError  # some row is bad


def _of_one_unit(rows: Rows, times: Times) -> Times:
    """The times, unless all are of our days and some are seconds and others thousandths of them, or the like."""
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


def _dates(rows: Rows, dates: pd.Series[Any], expected: str) -> npt.NDArray[np.int64]:
    bad = dates.isna().to_numpy()
    if bad.any() and bad.mean() < 0.5:
        expected = f"{expected}; {LEAVE_OUT % in_words([rows.table.column('timestamp')[int(bad.argmax())].as_py()])}"
    rows.refuse(bad, _UNREADABLE, expected)
    return _ticks(dates.dt.tz_localize(None).to_numpy())


def _ticks(dates: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    """Whole seconds where all are, else in the dates' own unit."""
    per_second = _PER_SECOND[np.datetime_data(dates.dtype)[0]]
    ticks = dates.astype(np.int64)
    return ticks if (ticks % per_second).any() else ticks // per_second


def _whole(column: pa.ChunkedArray) -> npt.NDArray[np.int64] | None:
    """The column as whole numbers with every digit; None where it is none."""
    try:
        found: npt.NDArray[np.int64] = column.cast(pa.int64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return found
