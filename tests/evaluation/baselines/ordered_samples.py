"""Small ratings and events with times, for the tests of baselines that know the order of time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from evaluation_samples import make_ratings
from item_features import with_item_features

from recsys.data.ratings import Catalogue, Ratings
from recsys.data.repeats import Merging

DAY = 86_400
USERS, ITEMS = 30, 25
MORNING = 1_000_000_000
"""A time in seconds since 1970."""


def timed() -> Ratings:
    """Ratings of different pairs over 40 days, several of which have the same time."""
    ratings = with_item_features(make_ratings(USERS, ITEMS, 300).with_positives_from(3))
    days = np.random.default_rng(5).integers(0, 41, len(ratings))
    return replace(ratings, timestamps=MORNING + DAY * days, ordered=True)


def events(rows: list[tuple[int, int, int]], items: int) -> Ratings:
    """Events (user, item, time) of weight 1, in file order, whose pairs are merged and may repeat."""
    users, codes, times = np.array(rows).T
    people = Catalogue(pd.RangeIndex(int(users.max()) + 1), pd.RangeIndex(items))
    table = Ratings(
        users=users.astype(np.int32),
        items=codes.astype(np.int32),
        values=np.ones(len(rows), np.float32),
        timestamps=times,
        catalogue=people,
        scale=(0.0, 1.0),
        name="plays",
        implicit=True,
        repeats=True,
        ordered=True,
    )
    return with_item_features(table).merged(Merging("sum"))


def history_of(ratings: Ratings, user: int) -> list[int]:
    """The user's positive items, the oldest first; those of the same time in the order of the file."""
    rows = [row for row in range(len(ratings)) if ratings.users[row] == user and ratings.are_positive[row]]
    assert ratings.timestamps is not None
    return [int(ratings.items[row]) for row in sorted(rows, key=lambda row: (ratings.timestamps[row], row))]
