"""temporal: the part is the latest ratings of all, as for a model that is trained on one day and then used."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def temporal_part(ratings: Ratings, size: float, begins: float | None = None) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and the rows from the time `begins` on, or the latest `size` of all rows if it is None.

    For a share, equal times are ordered as in the file.
    """
    times = ratings.timestamps
    if begins is not None:
        later = np.asarray(times) >= begins
        return np.flatnonzero(~later), np.flatnonzero(later)
    order = np.argsort(times, kind="stable")  # type: ignore[arg-type]  # the caller has checked
    border = len(order) - int(np.ceil(size * len(order)))
    return np.sort(order[:border]), np.sort(order[border:])


TEMPORAL = SplitKind(
    "temporal",
    ("size",),
    lambda ratings, by, _seed: temporal_part(ratings, by.size, by.begins),
    by_time=True,
    of_rows=True,
    options=("at", "last"),
)
