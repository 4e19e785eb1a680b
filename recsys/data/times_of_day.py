"""Times of day: how they are written, and how they differ from times with a date."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Float64Array
from recsys.data.numbers import distinct

_WITH_COLONS = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*([AaPp]\.?[Mm]\.?)?")
_WITHOUT_COLONS = re.compile(r"(\d{2})(\d{2})(\d{2}(?:\.\d*)?)")
_FEW = 20
"""The most distinct numbers from 100 on that are too few to recognise times of day such as 175113."""
_HOURS = 3
_LOOK = 1000
"""Cells that are checked before all are."""
_NOON = 12
_DAY, _HOUR, _MINUTE = 24, 3600, 60
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
"""Ticks of a second in each of Arrow's and NumPy's units."""


def is_boolean(column: pa.ChunkedArray) -> bool:
    """Whether every filled cell is true or false, as a word or as the file's own type."""
    if pa.types.is_boolean(column.type):
        return True
    if not pa.types.is_string(column.type):
        return False
    for some in (column[:_LOOK], column):  # before all are looked at
        words = pc.unique(pc.utf8_lower(pc.utf8_trim_whitespace(some.drop_null()))).to_pylist()
        if not words or not set(words) <= {"true", "false"}:
            return False
    return True


def are_times_of_day(column: pa.ChunkedArray) -> bool:
    """Whether every filled cell is a time of day, such as `17:51:13`, `5:51 pm` or `175113`.

    Numbers are times of day if there are more than twenty distinct ones, they cover at least three hours, and each
    has fewer than 60 minutes and 60 seconds. Hardly a third of other six-digit numbers fulfil that.
    """
    if pa.types.is_time(column.type):
        return True
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_string(kind)):
        return False
    texts = [_text(value) for value in column[:_LOOK].drop_null().to_pylist()]
    if not texts or any(_seconds(text) is None for text in texts):
        return False  # before all are looked at
    _, values = distinct(column.drop_null())
    texts = [_text(value) for value in values.to_pylist()]
    if any(_seconds(text) is None for text in texts):
        return False
    numbers = [float(text) for text in texts if ":" not in text]
    hours = {each // 10_000 for each in numbers}
    return not numbers or (len([each for each in numbers if each >= 100]) > _FEW and len(hours) >= _HOURS)


def seconds_of_day(column: pa.ChunkedArray) -> Float64Array:
    """Seconds since midnight, (N,); NaN for anything that is not a time of day."""
    codes, values = distinct(column)
    if pa.types.is_time(values.type):
        ticks = np.array(values.cast(pa.int32() if values.type.bit_width == 32 else pa.int64()).to_numpy(), np.float64)
        return np.asarray(np.append(ticks / PER_SECOND[values.type.unit], np.nan)[codes])
    seconds = [_seconds(_text(value)) for value in values.to_pylist()]
    found = np.array([np.nan if each is None else each for each in seconds] + [np.nan])
    return np.asarray(found[codes])


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _seconds(text: str) -> float | None:
    """Seconds since midnight, or None if the text is not a time of day."""
    half = None
    if match := _WITH_COLONS.fullmatch(text):
        hour, minute, second, half = int(match[1]), int(match[2]), float(match[3] or 0), match[4]
    elif match := _WITHOUT_COLONS.fullmatch("0" * max(6 - len(text.partition(".")[0]), 0) + text):
        hour, minute, second = int(match[1]), int(match[2]), float(match[3])
    else:
        return None
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half[0] in "Pp" else 0)
    fits = hour < _DAY and minute < _MINUTE and second < _MINUTE
    return hour * _HOUR + minute * _MINUTE + second if fits else None
