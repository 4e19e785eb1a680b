"""temporal: the latest ratings of all are the part, as if the model were trained on one day and used from then on."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def temporal_part(ratings: Ratings, size: float) -> tuple[Int64Array, Int64Array]:
    """Rows that remain and the latest `size` of all rows; of equal times the later in the file are the later."""
    order = np.argsort(ratings.timestamps, kind="stable")  # type: ignore[arg-type]  # the caller has looked
    border = len(order) - int(np.ceil(size * len(order)))
    return np.sort(order[:border]), np.sort(order[border:])


TEMPORAL = SplitKind(
    "temporal", ("size",), lambda ratings, by, _seed: temporal_part(ratings, by.size), by_time=True, of_rows=True
)
