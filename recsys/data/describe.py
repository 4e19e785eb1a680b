"""Statistics of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from recsys.arrays import Float64Array, IntArray

if TYPE_CHECKING:
    from recsys.data.features.summary import FeatureColumn
    from recsys.data.ratings import Ratings

_QUANTILES = {"minimum": 0.0, "quarter": 0.25, "median": 0.5, "three quarters": 0.75, "maximum": 1.0}


@dataclass(frozen=True)
class Concentration:
    """How ratings or events are distributed over the items."""

    top_1_percent: float
    """The share of the most popular 1 % of the items."""
    top_10_percent: float
    """The share of the most popular 10 % of the items."""
    gini: float
    """0 if all items are equally popular, 1 if one has everything."""


@dataclass(frozen=True)
class Description:
    """The statistics that `recsys data describe` shows."""

    name: str
    feedback: str
    """`explicit` or `implicit`."""
    users: int
    items: int
    ratings: int
    """The number of user-item pairs."""
    events: float | None
    """Implicit data: the sum of the weights, which is the number of events if each weighs 1; None for ratings."""
    positives: int
    """The number of positive pairs; all if the data do not say."""
    density: float
    """The share of all user-item pairs that is rated."""
    mean: float
    scale: tuple[float, float]
    histogram: Mapping[float, int]
    """The frequency of each rating or weight; of ten equal bins by their lower bound if there are many."""
    per_user: Mapping[str, float]
    """Ratings or pairs by user: minimum, quarter, median, three quarters, maximum."""
    popularity: Concentration
    columns: Mapping[str, str | int] = field(default_factory=dict)
    """For a file, the column of each role."""
    item_features: Sequence[FeatureColumn] = ()
    """What is known of the items."""
    user_features: Sequence[FeatureColumn] = ()
    """What is known of the users."""


def describe(ratings: Ratings) -> Description:
    """Compute the statistics of the ratings."""
    from recsys.data.features.summary import summary

    catalogue = ratings.catalogue
    of_users = np.bincount(ratings.users, minlength=catalogue.users)
    of_items = np.bincount(ratings.items, minlength=catalogue.items)
    return Description(
        name=ratings.name,
        feedback="implicit" if ratings.implicit else "explicit",
        users=catalogue.users,
        items=catalogue.items,
        ratings=len(ratings),
        events=float(ratings.values.sum(dtype=np.float64)) if ratings.implicit else None,
        positives=len(ratings.positives),
        density=len(ratings) / (catalogue.users * catalogue.items),
        mean=ratings.mean,
        scale=ratings.scale,
        histogram=_histogram(ratings),
        per_user={name: float(np.quantile(of_users, share)) for name, share in _QUANTILES.items()},
        popularity=Concentration(share_of_top(of_items, 0.01), share_of_top(of_items, 0.1), float(gini(of_items))),
        item_features=summary(catalogue.item_features),
        user_features=summary(catalogue.user_features),
    )


def _histogram(ratings: Ratings) -> dict[float, int]:
    values, counts = np.unique(ratings.values, return_counts=True)
    if len(values) > 20:
        counts, edges = np.histogram(ratings.values, bins=10, range=ratings.scale)
        values = edges[:-1]
    return {float(value): int(count) for value, count in zip(values, counts, strict=True)}


def gini(counts: IntArray) -> Float64Array:
    """The Gini coefficient of counts by item (…, I), shape (…): 0 if all are equal, 1 if one item has them all.

    G = 1/(I - 1) Σ_j (2j - I - 1) p(j), with p(j) the share of item j, the items in ascending order of share (Shani
    & Gunawardana 2011). A catalogue of one item has 0.
    """
    items = counts.shape[-1]
    shares = np.sort(counts, axis=-1) / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    ranks = 2 * np.arange(1, items + 1) - items - 1
    return np.asarray(shares @ ranks / max(items - 1, 1))


def share_of_top(counts: IntArray, part: float) -> float:
    """The share of the most popular `part` of the items, rounded up to whole items."""
    top = np.sort(counts)[::-1][: int(np.ceil(part * len(counts)))]
    return float(top.sum() / max(counts.sum(), 1))
