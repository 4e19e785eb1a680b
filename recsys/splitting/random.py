"""random: scikit-learn's own split of the rows in file order, so that anyone can reproduce it elsewhere."""

from __future__ import annotations

import math

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def random_part(ratings: Ratings, size: float, seed: int) -> tuple[Int64Array, Int64Array]:
    """Rows that remain and rows of the part: `train_test_split(ratings, test_size=size, random_state=seed)`.

    Written out, as scikit-learn alone takes longer to import than the ratings to load.
    """
    if len(ratings) < 2:
        return np.arange(len(ratings)), np.arange(0)
    shuffled = np.random.RandomState(seed).permutation(len(ratings))  # scikit-learn's generator
    part = math.ceil(size * len(ratings))
    return shuffled[part:], shuffled[:part]


RANDOM = SplitKind("random", ("size",), lambda ratings, by, seed: random_part(ratings, by.size, seed[0]), drawn=True)
