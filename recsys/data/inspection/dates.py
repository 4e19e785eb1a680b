"""How dates are written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

DIGITS = "%Y%m%d"
"""Dates as whole numbers of eight digits."""
_SOME = 200
"""Dates by which formats are told to fit."""
_ALL = 10_000
"""Dates by which the one format is found."""
_DATES = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%y", "%d/%m/%y", "%Y/%m/%d", "%d-%b-%Y", "%b %d, %Y", "%m %d, %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p")
_WHOLE = ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S.%f UTC", "%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z")
"""Dates with their clocks, as BigQuery, Twitter and mail write them."""
_FORMATS = ("ISO8601", *(date + clock for date in _DATES for clock in _CLOCKS), *_WHOLE)


def fitting_formats(column: pa.ChunkedArray, most: int = _SOME) -> list[str]:
    """The formats that some of the dates are all in; `ISO8601` for a file's own type of them; none for numbers.

    Args:
        column: Without empty cells.
        most: Dates that are looked at.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return ["ISO8601"]
    if not len(column) or not (pa.types.is_string(kind) or pa.types.is_integer(kind)):
        return []
    at = np.unique(np.linspace(0, len(column) - 1, min(len(column), most)).astype(np.int64))
    written = pd.Series([str(each) for each in column.take(pa.array(at)).to_pylist()], dtype=object)
    if written.str.fullmatch(r"\d+").all():
        compact = written.str.fullmatch(r"(19[789]|20\d)\d{5}").all() and _reads(written, DIGITS)
        return [DIGITS] if compact else []
    if written.str.fullmatch(r"[+-]?\d*\.?\d*([eE][+-]?\d+)?").all():
        return []  # numbers, such as 2014.5
    return [form for form in _FORMATS if _reads(written[:20], form) and _reads(written, form)]


def format_of(column: pa.ChunkedArray) -> str | None:
    """The one format that all dates are in; None where there is none, or more than one."""
    fitting = fitting_formats(column, _ALL)
    return "ISO8601" if "ISO8601" in fitting else fitting[0] if len(fitting) == 1 else None


def have_clocks(column: pa.ChunkedArray, form: str) -> bool:
    """Whether any of the dates has a time of day."""
    if pa.types.is_date(column.type) or form == DIGITS:
        return False
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.string())
    some = pd.Series([str(each) for each in column[:_ALL].to_pylist()], dtype=object)
    dates = pd.to_datetime(some, errors="coerce", utc=True, format=form)
    return bool((dates != dates.dt.floor("D")).any())


def _reads(written: pd.Series[Any], form: str) -> bool:
    return not pd.to_datetime(written, errors="coerce", utc=True, format=form).isna().any()
