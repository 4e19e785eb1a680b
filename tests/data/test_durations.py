"""Tests of durations: as text, and in the unit of the times that they are measured on."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.durations import duration_of, in_units, units_a_day

PER_SECOND = st.sampled_from([1, 10**3, 10**6, 10**9])


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("14 days", timedelta(days=14)),
        ("1 day", timedelta(days=1)),
        ("36 hours", timedelta(hours=36)),
        ("2 weeks", timedelta(weeks=2)),
        ("30 min", timedelta(minutes=30)),
        ("90s", timedelta(seconds=90)),
        (" 1.5 H ", timedelta(minutes=90)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert duration_of(text) == duration


@pytest.mark.parametrize(
    "text", ["", "14", "days", "14 dayz", "-1 day", "0 days", "1 day 2 hours", "1 month", "9" * 99]
)
def test_anything_else_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(ValueError, match="expected a duration such as '14 days'"):
        duration_of(text)


def test_a_duration_that_is_longer_than_all_time_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a duration"):
        duration_of("99999999999999 days")


@given(per_second=PER_SECOND, seconds=st.integers(1, 10**7))
def test_whole_seconds_are_whole_in_every_unit(per_second: int, seconds: int) -> None:
    times = np.array([1_400_000_000, 1_500_000_000]) * per_second
    found = in_units(timedelta(seconds=seconds), times)
    assert found == seconds * per_second
    assert isinstance(found, int)


def test_a_part_of_a_unit_is_a_fraction() -> None:
    assert in_units(timedelta(milliseconds=2500), np.array([1_400_000_000])) == 2.5


@pytest.mark.parametrize("times", [[0, 10], [1998, 2001], [1_400_000_000, 1_400_000_000_000], []])
def test_steps_and_years_have_no_unit(times: list[int]) -> None:
    assert units_a_day(np.array(times)) is None
    assert in_units(timedelta(days=1), np.array(times)) is None
