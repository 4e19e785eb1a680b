"""user_random: the part is a random share, or number, of each user's ratings."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def user_random_part(
    ratings: Ratings, size: float, number: int | None, seed: list[int]
) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and the rows of the part.

    The part takes `number` of a user's n ratings, or ⌊size · n + ½⌋ if it is None, but never all of them: at least
    one remains for training, because a model needs some to know the user.
    """
    counts = np.bincount(ratings.users, minlength=ratings.catalogue.users)
    wanted = np.floor(size * counts + 0.5).astype(np.int64) if number is None else np.full(len(counts), number)
    taken = np.minimum(wanted, np.maximum(counts - 1, 0))
    keys = np.random.default_rng(seed).random(len(ratings))
    order = np.lexsort((keys, ratings.users))
    users = ratings.users[order]
    place = np.arange(len(order)) - (np.cumsum(counts) - counts)[users]
    inside = place < taken[users]
    return np.sort(order[~inside]), np.sort(order[inside])


USER_RANDOM = SplitKind(
    "user_random",
    ("size", "number"),
    lambda ratings, by, seed: user_random_part(ratings, by.size, by.number, list(seed)),
    drawn=True,
)
