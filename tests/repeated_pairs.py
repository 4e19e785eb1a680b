"""Random tables with repeated pairs, merged by every rule."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from recsys.data.ratings import Catalogue, Ratings
from recsys.data.repeats import Merging

USERS, ITEMS = 4, 5
CATALOGUE = Catalogue(pd.RangeIndex(USERS), pd.RangeIndex(ITEMS))
MERGINGS = (Merging("last"), Merging("mean"), Merging("sum"), Merging("sum", "log"), Merging("sum", "one"))

Row = tuple[int, int, float, int]
"""User, item, value, time."""
any_row = st.tuples(
    st.integers(0, USERS - 1),
    st.integers(0, ITEMS - 1),
    st.sampled_from([1.0, 2.0, 3.5, 5.0]),
    st.integers(0, 9),  # few times, so that many are equal
)
any_rows = st.lists(any_row, min_size=12, max_size=40)


def table(rows: Sequence[Row], *, implicit: bool = False, split_labels: Sequence[int] | None = None) -> Ratings:
    """The rows as they are."""
    users, items, values, times = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Ratings(
        np.array(users, np.int32),
        np.array(items, np.int32),
        np.array(values, np.float32),
        np.array(times, np.int64),
        CATALOGUE,
        (1.0, 5.0),
        "drawn",
        implicit,
        split_labels=None if split_labels is None else np.array(split_labels, np.int8),
    )


def merged(rows: Sequence[Row], merging: Merging, split_labels: Sequence[int] | None = None) -> Ratings:
    """The rows as `[data]` reads them."""
    return table(rows, implicit=merging.how == "sum", split_labels=split_labels).merged(merging)


def expected(rows: Sequence[Row], merging: Merging) -> list[Row]:
    """What the rows are as pairs, row by row: each where its latest row stands."""
    found = []
    for user, item in product(range(USERS), range(ITEMS)):
        places = [place for place, row in enumerate(rows) if row[:2] == (user, item)]
        if places:
            last = max(places, key=lambda place: (rows[place][3], place))
            values = [rows[place][2] for place in places]
            value = {"last": rows[last][2], "mean": sum(values) / len(values), "sum": sum(values)}[merging.how]
            value = {"linear": value, "log": np.log1p(value), "one": 1.0}[merging.weight_scale]
            found.append((last, (user, item, float(value), rows[last][3])))
    return [row for _, row in sorted(found)]


def listed(ratings: Ratings) -> list[Row]:
    """The pairs of a table."""
    assert ratings.timestamps is not None
    columns = (ratings.users, ratings.items, ratings.values, ratings.timestamps)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def alike(found: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether tables are equal; values to a float32's last digits."""
    return len(found) == len(right) and all(
        one[:2] == other[:2] and one[3] == other[3] and np.isclose(one[2], other[2], rtol=1e-6)
        for one, other in zip(found, right, strict=True)
    )
