"""The popularity of recommendations: their share by tenths of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import IntArray


@dataclass(frozen=True)
class PopularityBand:
    """Items of similar popularity: their share of the ratings and of the recommendations."""

    items: int
    low: int
    high: int
    """The smallest and the largest number of training ratings of an item."""
    rated: float
    """Their share of all training ratings."""
    shown: float
    """Their share of all recommendations; NaN if nothing is recommended."""


def bands_by_popularity(ranked: IntArray, popularity: IntArray, bands: int = 10) -> Sequence[PopularityBand]:
    """The items in bands of equal size, the most popular first; equally popular items by code.

    A model that recommends only the most popular tenth has a share of 1 in the first band. A model that follows the
    users' own behaviour has about the share of the ratings in each.

    Args:
        ranked: Lists of item codes, of any shape, padded with -1.
        popularity: The number of training ratings of each item, (I,).
        bands: The number of bands; a smaller catalogue has one for each item.
    """
    shown = np.bincount(ranked[ranked >= 0].ravel(), minlength=len(popularity))
    order = np.argsort(-popularity, kind="stable")
    return [
        PopularityBand(
            len(band),
            int(popularity[band].min()),
            int(popularity[band].max()),
            float(popularity[band].sum() / max(popularity.sum(), 1)),
            float(shown[band].sum() / shown.sum()) if shown.any() else float("nan"),
        )
        for band in np.array_split(order, min(bands, len(order)))
    ]
