"""Numbers that give the ratings away: the mean rating or the number of ratings of an item, computed from all rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recsys.arrays import AnyArray, Float64Array
from recsys.data.ratings import Ratings

_EQUAL = 0.98
"""The correlation from which two columns say the same."""
_FEW = 20
"""The fewest ids with a number for which a correlation means anything."""


def totals(ratings: Ratings, side: str) -> Mapping[str, Float64Array]:
    """What each user or item has in all rows of the data (n,), by a phrase for messages.

    Args:
        ratings: All ratings.
        side: `users` or `items`.
    """
    codes: AnyArray = ratings.users if side == "users" else ratings.items
    size = ratings.catalogue.users if side == "users" else ratings.catalogue.items
    counts = np.bincount(codes, minlength=size).astype(np.float64)
    sums = np.bincount(codes, ratings.values, minlength=size).astype(np.float64)
    if ratings.implicit:
        return {"the number of pairs": counts, "the sum of the weights": sums}
    return {"the number of ratings": counts, "the mean rating": sums / np.maximum(counts, 1)}


def equals_total(values: Float64Array, of_ratings: Mapping[str, Float64Array]) -> str | None:
    """The phrase of the total that a column of numbers equals up to scale; None if it equals none.

    Args:
        values: The numbers (n,), NaN for a missing one.
        of_ratings: As `totals` returns them.
    """
    known = ~np.isnan(values)
    if known.sum() < _FEW:
        return None
    for phrase, total in of_ratings.items():
        pair = np.stack([values[known], total[known]])
        if min(pair[0].std(), pair[1].std()) > 0 and np.corrcoef(pair).min() >= _EQUAL:
            return phrase
    return None
