"""Tests of popularity over the last days of the training part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ordered_samples import DAY, ITEMS, timed

from recsys.evaluation.baselines.popularity import Popularity

RATINGS = timed()


@pytest.mark.parametrize("days", [1, 7.5, 39])
@pytest.mark.parametrize("unit", [1, 1000])
def test_it_counts_positives_of_the_last_days_before_the_latest_rating(days: float, unit: int) -> None:
    times = RATINGS.timestamps
    assert times is not None
    counts = [0] * ITEMS
    for item, value, time in zip(RATINGS.items, RATINGS.values, times, strict=True):
        if value >= 3 and max(times) - time <= days * DAY:
            counts[item] += 1
    ratings = replace(RATINGS, timestamps=times * unit)
    assert Popularity(days=days).fit(ratings).score_all(np.arange(2), ITEMS).tolist() == [counts] * 2


def test_by_default_all_ratings_count() -> None:
    without = replace(RATINGS, timestamps=None)
    everyone = np.arange(2)
    one, other = (Popularity().fit(each).score_all(everyone, ITEMS) for each in (RATINGS, without))
    assert one.tolist() == other.tolist()


def test_days_are_searched_from_one_to_all_where_the_parts_follow_each_other_in_days() -> None:
    axis = Popularity.axes(RATINGS)["days"]
    assert (axis.low, axis.high) == (1, 40)
    times = RATINGS.timestamps
    assert times is not None
    steps = replace(RATINGS, timestamps=times // DAY)
    hour = replace(RATINGS, timestamps=times.min() + (times - times.min()) // 1000)
    for each in (steps, hour, replace(RATINGS, ordered=False), replace(RATINGS, timestamps=None)):
        assert "days" not in Popularity.axes(each)
