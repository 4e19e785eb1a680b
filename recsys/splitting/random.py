"""random: scikit-learn's split of the rows in file order, which is reproducible elsewhere."""

from __future__ import annotations

import math

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def random_part(ratings: Ratings, size: float, seed: int) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and the part: `train_test_split(ratings, test_size=size, random_state=seed)`.

    This is a copy of the algorithm, because importing scikit-learn takes longer than loading the ratings.
    """
    if len(ratings) < 2:
        return np.arange(len(ratings)), np.arange(0)
    shuffled = np.random.RandomState(seed).permutation(len(ratings))  # scikit-learn's generator
    part = math.ceil(size * len(ratings))
    return shuffled[part:], shuffled[:part]


RANDOM = SplitKind("random", ("size",), lambda ratings, by, seed: random_part(ratings, by.size, seed[0]), drawn=True)
