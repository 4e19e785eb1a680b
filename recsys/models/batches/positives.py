"""Choices: what losses of rankings are trained on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.data.ratings import Ratings

SEEN = -1.0
"""Stands for a rating that is no positive: the user had the item before them and did not think much of it. What that
says in favour of the item, if anything, is each member's own `seen_weight`."""


def positives_of(train: Ratings, *, seen: bool) -> Ratings:
    """The positives with their weights and, where `seen`, all other ratings as `SEEN`."""
    positives = train.positives
    if not seen or train.implicit or train.positive_from is None:
        return positives
    others = train.take(train.values < train.positive_from)
    return positives.join(replace(others, values=np.full_like(others.values, SEEN)))
