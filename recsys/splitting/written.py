"""How `[split]` writes moments and durations."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from recsys.data.durations import duration_of
from recsys.splitting.moments import date_of


def _moment(value: Any) -> Any:
    """Check a moment; a date of TOML becomes text."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, str):
        date_of(value)
    elif value is not None and not _is_number(value):
        raise ValueError(f"{value!r}: expected a date such as '1998-03-01', or a number")
    return value


def _last(value: Any) -> Any:
    """Check a number of ratings, which may be written as 2.0, or a duration."""
    if isinstance(value, str):
        duration_of(value)
        return value
    if not _is_number(value) or value != int(value) or value < 1:
        raise ValueError(f"{value!r}: expected a number from 1 on, or a duration such as '14 days'")
    return int(value)


def _duration(value: str) -> str:
    duration_of(value)
    return value


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


Moment = Annotated[int | float | str, BeforeValidator(_moment)]
"""A date or a date-time in ISO 8601, or a number in the unit of the times."""
Last = Annotated[Annotated[int, Field(ge=1)] | str, BeforeValidator(_last)]
"""A number of ratings or sessions, or a duration."""
Duration = Annotated[str, AfterValidator(_duration)]
"""A duration, such as `30 min`."""
