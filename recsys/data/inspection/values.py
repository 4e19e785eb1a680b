"""Inspect values: how ratings, weights and dates are written, codes for a missing value, and counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from recsys.arrays import Float64Array
from recsys.data.inspection.findings import Findings
from recsys.data.numbers import distinct, distinct_texts, numbers, separator_use, thousands_separator
from recsys.data.plausibility import are_counts, outlying_values
from recsys.errors import InputError

_WORDS = 3
"""The most distinct words among numbers that may mean a missing value."""
DIGITS = "%Y%m%d"
"""Dates as whole numbers of eight digits."""
_SOME = 200
"""Dates that are tried to see which formats fit."""
_ALL = 10_000
"""Dates that are tried to find the one format."""
_DATES = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%y", "%d/%m/%y", "%Y/%m/%d", "%d-%b-%Y", "%b %d, %Y", "%m %d, %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p")
_WHOLE = ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S.%f UTC", "%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z")
"""Dates with times, as BigQuery, Twitter and mail write them."""
_FORMATS = ("ISO8601", *(date + clock for date in _DATES for clock in _CLOCKS), *_WHOLE)


def inspect_values(column: pa.ChunkedArray, role: str, found: Findings) -> None:
    """Inspect ratings or weights.

    Args:
        column: All of them.
        role: `rating` or `weight`. Ratings that turn out to be counts become weights.
        found: The findings to complete.

    Raises:
        InputError: The separators in their numbers are ambiguous.
    """
    data = found.data
    _inspect_signs(distinct_texts(column), found)
    codes, values = distinct(column)
    of_values = numbers(pa.chunked_array([values]), data.get("decimal", "."), data.get("thousands"))
    missing: list[Any] = [""] if (codes < 0).any() else []
    words = [str(values[int(place)].as_py()) for place in np.flatnonzero(np.isnan(of_values))]
    missing += words if len(words) <= min(_WORDS, len(of_values) - len(words)) else []
    of_rows = of_values[codes[codes >= 0]]
    good = of_rows[~np.isnan(of_rows)]
    if role == "rating" and are_counts(good[good >= 0]):
        role = "weight"
        _turn_into_weights(found)
    if role == "rating":
        missing += [int(value) if value.is_integer() else value for value in outlying_values(good).tolist()]
    found.leave_out(missing, "no rating or weight")
    if role == "weight":
        _inspect_weights(good, found)


def _inspect_signs(texts: list[str], found: Findings) -> None:
    """Detect the decimal separator and the one between groups of three digits."""
    comma, point = separator_use(texts, ","), separator_use(texts, ".")
    if "either" in (comma, point):
        sign = "," if comma == "either" else "."
        other = "." if sign == "," else ","
        example = next(text for text in texts if sign in text)
        groups = f"data.thousands = {sign!r}{f' and data.decimal = {other!r}' if sign == '.' else ''}"
        fraction = "data.decimal = ','" if sign == "," else 'data.thousands = ""'
        raise InputError(
            f"{found.place}: {example} may be {example.replace(sign, '')}, or a number with a fraction: write "
            f"in an experiment file {groups} if {sign!r} separates groups of three digits, {fraction} "
            f"if it precedes the fraction; data.columns = {found.format_columns()}"
        )
    if comma == "fraction" or point == "groups":
        found.data["decimal"] = ","
        found.notes.append("the comma is the decimal separator of its numbers: data.decimal = ','")
    thousands = "," if comma == "groups" else "." if point == "groups" else thousands_separator(texts)
    if thousands:
        found.data["thousands"] = thousands
        found.notes.append(f'its numbers have groups of three digits: data.thousands = "{thousands}"')


def _turn_into_weights(found: Findings) -> None:
    """Turn the column of ratings into one of weights."""
    columns = found.data["columns"]
    columns["weight"] = columns.pop("rating")
    found.why["weight"] = f"{found.why.pop('rating')}: counts, and no ratings"


def _inspect_weights(values: Float64Array, found: Findings) -> None:
    """Inspect weights below 0 and the scale of weights."""
    below, zeros = int((values < 0).sum()), int((values == 0).sum())
    above = values[values > 0]
    if not len(above):
        return
    if below or zeros:
        least = min(1.0, float(above.min()))
        found.data["weight_from"] = int(least) if least.is_integer() else least
        what = f"{below:,} of {len(values):,} weights are below 0" if below else f"{zeros:,} weights are 0"
        hint = "; if they are returns, data.returns = 'subtract' subtracts them from what was bought" if below else ""
        found.notes.append(f"{what}: data.weight_from = {least:g} leaves such rows out{hint}")
        if below:
            found.comments.append("returns = 'subtract'  # instead of weight_from, subtracts what was returned")
    if are_counts(above):
        found.data["weight_scale"] = "log"
        spread = f"go from {above.min():,g} to {above.max():,g}, half of them {np.median(above):,g} or less"
        found.notes.append(f"the weights {spread}: they count by their logarithm, data.weight_scale = 'log'")


def fitting_formats(column: pa.ChunkedArray, most: int = _SOME) -> list[str]:
    """The formats that fit a sample of the dates; `ISO8601` for a file's own date type; none for numbers.

    Args:
        column: The dates, without empty cells.
        most: The size of the sample.
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
    """The only format that fits all dates; None if none or several fit."""
    fitting = fitting_formats(column, _ALL)
    return "ISO8601" if "ISO8601" in fitting else fitting[0] if len(fitting) == 1 else None


def have_times_of_day(column: pa.ChunkedArray, form: str) -> bool:
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
