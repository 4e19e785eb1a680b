"""Durations: the unit of a table's times."""

from __future__ import annotations

import numpy as np

from recsys.arrays import AnyArray

SECONDS_A_DAY = 86_400
_UNITS = ((1e8, 2e10, 1), (1e11, 2e13, 10**3), (1e14, 2e16, 10**6), (1e17, 2e19, 10**9))
"""Bounds of epoch times in seconds, milliseconds, microseconds and nanoseconds, and the units of a second."""


def units_a_day(times: AnyArray) -> float | None:
    """Return how many units of the times (N,) a day has; None if they are no epoch times, such as steps or years."""
    if not len(times):
        return None
    low, high = np.min(times), np.max(times)
    return next((SECONDS_A_DAY * float(unit) for least, most, unit in _UNITS if least <= low and high < most), None)
