"""Positives: the entries that ranking losses are trained on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.data.ratings import Ratings

SEEN = -1.0
"""The value of a rating that is not a positive. Each member's `seen_weight` says how much it counts in favour of the
item."""


def positives_of(train: Ratings, *, seen: bool) -> Ratings:
    """Return the positives with their weights and, if `seen`, all other ratings with the value `SEEN`.

    Args:
        train: The training ratings.
        seen: Whether ratings that are not positives are included.
    """
    positives = train.positives
    if not seen or train.implicit or train.positive_from is None:
        return positives
    others = train.take(train.values < train.positive_from)
    return positives.join(replace(others, values=np.full_like(others.values, SEEN)))
