"""Moments and durations of `[split]`, as numbers in the unit of the data's times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from recsys.arrays import AnyArray
from recsys.data.durations import SECONDS_A_DAY, duration_of, in_units, units_a_day
from recsys.errors import InputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def date_of(text: str) -> datetime:
    """Return the moment of a date or a date-time in ISO 8601, in UTC if it names no zone.

    Raises:
        ValueError: The text is neither.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r}: expected a date such as '1998-03-01' or '1998-03-01T12:00:00Z'") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def begin_at(times: AnyArray, at: str | float, section: str) -> float:
    """Return the number of a moment.

    Args:
        times: The times of the rows to split (N,).
        at: A date, or a number in the unit of the times.
        section: The section of the setting, for messages.

    Raises:
        InputError: A part would be empty, or the moment is a date and the times are no epoch times.
    """
    said = f"{section}.at = {at!r}"
    begins = _in_units(times, date_of(at) - _EPOCH, said, "a number") if isinstance(at, str) else at
    return _checked(times, begins, said)


def begin_before(times: AnyArray, last: str, end: float | None, section: str) -> float:
    """Return the number of the moment that is a duration before an end.

    Args:
        times: The times of the rows to split (N,).
        last: The duration.
        end: The first moment after the part; None if the part ends with the latest row, which it contains.
        section: The section of the setting, for messages.

    Raises:
        InputError: A part would be empty, or the times are no epoch times.
    """
    said = f"{section}.last = {last!r}"
    length = _in_units(times, duration_of(last), said, f"{section}.size, or {section}.at with a number")
    return _checked(times, (end_of(times) if end is None else end) - length, said)


def begin_of_share(times: AnyArray, size: float) -> float:
    """Return the time of the first of the latest `size` of all rows (N,)."""
    place = max(len(times) - int(np.ceil(size * len(times))), 0)
    found: float = np.partition(times, place)[place].item()
    return found


def end_of(times: AnyArray) -> float:
    """Return the first moment after the latest time (N,)."""
    latest = times.max()
    found: float = (latest + 1 if np.issubdtype(times.dtype, np.integer) else np.nextafter(latest, np.inf)).item()
    return found


def written(time: float, times: AnyArray) -> str:
    """Return a time as a date, or as a number if the times (N,) are no epoch times."""
    a_day = units_a_day(times)
    if a_day is None:
        return str(time)
    return f"{_EPOCH + timedelta(seconds=float(time) / (a_day / SECONDS_A_DAY)):%Y-%m-%d %H:%M}"


def gap_of(times: AnyArray, gap: str) -> float:
    """Return the number of `split.session_gap`.

    Raises:
        InputError: The times are no epoch times.
    """
    return _in_units(times, duration_of(gap), f"split.session_gap = {gap!r}", "no session_gap")


def _in_units(times: AnyArray, duration: timedelta, said: str, expected: str) -> float:
    found = in_units(duration, times)
    if found is None:
        low, high = times.min(), times.max()
        raise InputError(f"{said}: the times are no seconds since 1970, but {low} to {high}: expected {expected}")
    return found


def _checked(times: AnyArray, begins: float, said: str) -> float:
    low, high = times.min(), times.max()
    if low < begins <= high:
        return begins
    raise InputError(
        f"{said}: the rows to split go from {written(low, times)} to {written(high, times)}, and the part has to begin "
        "between them"
    )
