"""How popular what is recommended is: the share of recommendations by tenths of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import IntArray


@dataclass(frozen=True)
class PopularityBand:
    """Items of similar popularity: what people did with them, and how often lists show them."""

    items: int
    low: int
    high: int
    """The fewest and the most training ratings of one of them."""
    rated: float
    """Their share of all training ratings."""
    shown: float
    """Their share of all recommendations; NaN where nothing is recommended."""


def bands_by_popularity(ranked: IntArray, popularity: IntArray, bands: int = 10) -> Sequence[PopularityBand]:
    """The items in bands of equally many, the most popular first; equals by code.

    A model that shows the most popular tenth to everyone has 1 in the first band; one that shows what people would
    choose by themselves has about what was rated in each.

    Args:
        ranked: Lists of item codes, of any shape, -1 past the end of a short one.
        popularity: How many training ratings each item has, (I,).
        bands: How many at most; a catalogue of fewer items has one for each.
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
