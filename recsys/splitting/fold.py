"""fold: the official five folds u1…u5 of MovieLens-100K, which are fifths of the table in file order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings

Rows = npt.NDArray[np.int64]
FOLDS = 5


def fold_part(ratings: Ratings, fold: int) -> tuple[Rows, Rows]:
    """Rows that remain and rows of the fold, counted from 1."""
    rows = np.arange(len(ratings))
    inside = rows * FOLDS // max(len(rows), 1) == fold - 1
    return rows[~inside], rows[inside]
