"""fold: the official five folds u1…u5 of MovieLens-100K, which are fifths of the table in file order."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind

FOLDS = 5


def fold_part(ratings: Ratings, fold: int) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and the rows of the fold, counted from 1."""
    rows = np.arange(len(ratings))
    inside = rows * FOLDS // max(len(rows), 1) == fold - 1
    return rows[~inside], rows[inside]


FOLD = SplitKind("fold", ("fold",), lambda ratings, by, _seed: fold_part(ratings, by.fold))
