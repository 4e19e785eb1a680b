"""A data set at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recsys.data.ratings import Ratings


@dataclass(frozen=True)
class Description:
    """What `recsys data describe` tells."""

    name: str
    users: int
    items: int
    ratings: int
    density: float
    """The share of all user-item pairs that is rated."""
    mean: float
    scale: tuple[float, float]
    histogram: Mapping[float, int]
    """How often each rating was given; of ten equal classes by their lower bound where there are many values."""
    per_user: Mapping[str, float]
    """Ratings by user: minimum, median, maximum."""


def describe(ratings: Ratings) -> Description:
    """Describe the ratings."""
    catalogue = ratings.catalogue
    counts = np.bincount(ratings.users, minlength=catalogue.users)
    return Description(
        name=ratings.name,
        users=catalogue.users,
        items=catalogue.items,
        ratings=len(ratings),
        density=len(ratings) / (catalogue.users * catalogue.items),
        mean=ratings.mean,
        scale=ratings.scale,
        histogram=_histogram(ratings),
        per_user={"minimum": float(counts.min()), "median": float(np.median(counts)), "maximum": float(counts.max())},
    )


def _histogram(ratings: Ratings) -> dict[float, int]:
    values, counts = np.unique(ratings.values, return_counts=True)
    if len(values) > 20:
        counts, edges = np.histogram(ratings.values, bins=10, range=ratings.scale)
        values = edges[:-1]
    return {float(value): int(count) for value, count in zip(values, counts, strict=True)}
