"""Small ratings for the tests of evaluation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys.data.ratings import Catalogue, Ratings


def make_ratings(users: int, items: int, rows: int, seed: int = 0) -> Ratings:
    """Whole ratings 1…5 at `rows` different places of a (users, items) table, in random order."""
    random = np.random.default_rng(seed)
    places = random.permutation(users * items)[:rows]
    return Ratings(
        users=(places // items).astype(np.int32),
        items=(places % items).astype(np.int32),
        values=random.integers(1, 6, rows).astype(np.float32),
        timestamps=None,
        catalogue=Catalogue(pd.RangeIndex(users), pd.RangeIndex(items)),
        scale=(1.0, 5.0),
        name="small",
    )
