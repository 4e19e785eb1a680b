"""A sample of a table's rows, which identifies the same data after it has grown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys.data.ratings import Ratings

SIZE = 256


def row_sample(ratings: Ratings) -> list[int]:
    """Hashes of a few rows. The rows are chosen by their hashes, so that their order has no effect.

    A hash covers the user id, the item id and the rating, so that two tables with equal numbering of ids differ. For
    implicit data, and for repeated ratings, it covers the ids alone, because those values change as a table grows.
    """
    return [int(value) for value in np.sort(_hashes(ratings))[:SIZE]]


def share_found(sample: Sequence[int], ratings: Ratings) -> float:
    """The share of a sample's rows that occur in other ratings."""
    return float(np.isin(np.array(sample, np.uint64), _hashes(ratings)).mean())


def _hashes(ratings: Ratings) -> npt.NDArray[np.uint64]:
    catalogue = ratings.catalogue
    rows = pd.DataFrame(
        {
            "user": pd.util.hash_array(catalogue.user_ids.to_numpy())[ratings.users],
            "item": pd.util.hash_array(catalogue.item_ids.to_numpy())[ratings.items],
            "rating": 0.0 if ratings.implicit or ratings.events is not None else ratings.values,
        }
    )
    return np.asarray(pd.util.hash_pandas_object(rows, index=False), np.uint64)
