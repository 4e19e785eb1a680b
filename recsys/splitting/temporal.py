"""temporal: the part is the latest ratings of all, as for a model that is trained on one day and then used."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def temporal_part(ratings: Ratings, size: float) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and the latest `size` of all rows. Equal times are ordered as in the file."""
    order = np.argsort(ratings.timestamps, kind="stable")  # type: ignore[arg-type]  # the caller has checked
    border = len(order) - int(np.ceil(size * len(order)))
    return np.sort(order[:border]), np.sort(order[border:])


TEMPORAL = SplitKind(
    "temporal", ("size",), lambda ratings, by, _seed: temporal_part(ratings, by.size), by_time=True, of_rows=True
)
