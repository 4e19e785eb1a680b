"""leave_last: the part is each user's last ratings."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def leave_last_part(ratings: Ratings, last: int) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and each user's `last` latest rows. Equal times are ordered as in the file.

    A user with at most `last` ratings keeps all of them for training, because a model needs some to know the user.
    """
    order = np.lexsort((np.arange(len(ratings)), ratings.timestamps, ratings.users))  # type: ignore[arg-type]  # the caller has checked
    counts = np.bincount(ratings.users, minlength=ratings.catalogue.users)
    ends = np.cumsum(counts)
    users = ratings.users[order]
    from_end = ends[users] - np.arange(len(order))
    inside = (from_end <= last) & (counts[users] > last)
    return np.sort(order[~inside]), np.sort(order[inside])


LEAVE_LAST = SplitKind(
    "leave_last", ("last",), lambda ratings, by, _seed: leave_last_part(ratings, by.last), by_time=True, of_rows=True
)
