"""Durations, as text and in the unit of a table's times."""

from __future__ import annotations

import re
from datetime import timedelta

import numpy as np

from recsys.arrays import AnyArray

SECONDS_A_DAY = 86_400
EPOCH_TIMES = ((1e8, 2e10, 1), (1e11, 2e13, 10**3), (1e14, 2e16, 10**6), (1e17, 2e19, 10**9))
"""Bounds of epoch times in seconds, milliseconds, microseconds and nanoseconds, and the units of a second."""
_MICROSECOND = timedelta(microseconds=1)
_FORM = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)\s*")
_NAMES = {
    "weeks": ("w", "week", "weeks"),
    "days": ("d", "day", "days"),
    "hours": ("h", "hr", "hrs", "hour", "hours"),
    "minutes": ("min", "mins", "minute", "minutes"),
    "seconds": ("s", "sec", "secs", "second", "seconds"),
}
_BY_NAME = {name: unit for unit, names in _NAMES.items() for name in names}


def units_a_day(times: AnyArray) -> float | None:
    """Return how many units of the times (N,) a day has; None if they are no epoch times, such as steps or years."""
    if not len(times):
        return None
    low, high = np.min(times), np.max(times)
    return next(
        (SECONDS_A_DAY * float(unit) for least, most, unit in EPOCH_TIMES if least <= low and high < most), None
    )


def duration_of(text: str) -> timedelta:
    """Return the duration that a text such as `14 days`, `36 hours`, `2 weeks` or `30 min` names.

    Raises:
        ValueError: It names none, or none above zero.
    """
    found = _FORM.fullmatch(text.lower())
    unit = _BY_NAME.get(found[2]) if found else None
    try:
        duration = timedelta(**{unit: float(found[1])}) if found and unit else timedelta(0)
    except OverflowError:
        duration = timedelta(0)
    if not duration:
        raise ValueError(f"{text!r}: expected a duration such as '14 days', '36 hours', '2 weeks' or '30 min'")
    return duration


def in_units(duration: timedelta, times: AnyArray) -> int | float | None:
    """Return a duration in the unit of the times (N,), whole if it can be; None if they are no epoch times."""
    a_day = units_a_day(times)
    if a_day is None:
        return None
    whole, rest = divmod(duration // _MICROSECOND * round(a_day / SECONDS_A_DAY), 10**6)
    return whole + rest / 10**6 if rest else whole
