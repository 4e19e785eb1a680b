"""leave_last: the part is each user's last ratings or sessions."""

from __future__ import annotations

import numpy as np

from recsys.arrays import AnyArray, Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def leave_last_part(
    ratings: Ratings, last: int, gap: float | None = None, begins: float | None = None
) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and the rows of each user's `last` latest sessions.

    Without `begins`, a user with at most `last` sessions keeps all of them for training, because a model needs some to
    know the user. With it, the remaining rows are those of all users before that time, the sessions are those of the
    rows from it on, and the other rows from it on are in neither part.

    Args:
        ratings: The ratings, with timestamps.
        last: The number of sessions.
        gap: The longest time between two ratings of a session; None if each rating is a session of its own.
        begins: The time from which on a rating may be in the part.
    """
    times = np.asarray(ratings.timestamps)
    late = np.full(len(times), begins is None) | (times >= (0 if begins is None else begins))
    rows = np.flatnonzero(late)
    from_end, counts = _sessions(ratings.users[rows], times[rows], gap)
    if begins is None:
        inside = (from_end < last) & (counts > last)
        return rows[~inside], rows[inside]
    return np.flatnonzero(~late), rows[from_end < last]


def _sessions(users: AnyArray, times: AnyArray, gap: float | None) -> tuple[Int64Array, Int64Array]:
    """The number of later sessions of each row's user (N,), and the number of all sessions of that user (N,).

    Equal times are ordered as in the file.
    """
    order = np.lexsort((np.arange(len(users)), times, users))
    users, times = users[order], times[order]
    starts = np.diff(users, prepend=-1) != 0
    starts |= True if gap is None else np.diff(times, prepend=times[:1]) > gap
    counts = np.bincount(users[starts])
    found = np.empty((2, len(order)), np.int64)
    found[:, order] = np.cumsum(counts)[users] - np.cumsum(starts), counts[users]
    return found[0], found[1]


LEAVE_LAST = SplitKind(
    "leave_last",
    ("last",),
    lambda ratings, by, _seed: leave_last_part(ratings, by.last, by.gap, by.begins),
    by_time=True,
    of_rows=True,
    options=("size",),
    common=("horizon", "session_gap"),
    leaves_out="for split.horizon = 'global'",
)
