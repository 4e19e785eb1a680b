"""leave_last: each user's last ratings are the part."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def leave_last_part(ratings: Ratings, last: int) -> tuple[Int64Array, Int64Array]:
    """Rows that remain and each user's `last` latest rows; of equal times the later in the file are the later.

    A user with no more than `last` ratings keeps them all for training: there would be nothing to know the user by.
    """
    order = np.lexsort((np.arange(len(ratings)), ratings.timestamps, ratings.users))  # type: ignore[arg-type]  # the caller has looked
    counts = np.bincount(ratings.users, minlength=ratings.catalogue.users)
    ends = np.cumsum(counts)
    users = ratings.users[order]
    from_end = ends[users] - np.arange(len(order))
    inside = (from_end <= last) & (counts[users] > last)
    return np.sort(order[~inside]), np.sort(order[inside])


LEAVE_LAST = SplitKind(
    "leave_last", ("last",), lambda ratings, by, _seed: leave_last_part(ratings, by.last), by_time=True, of_rows=True
)
