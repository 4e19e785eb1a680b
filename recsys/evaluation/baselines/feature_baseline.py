"""The base of baselines that read the features of items, so that they rank items that nobody has chosen yet."""

from __future__ import annotations

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Catalogue, Ratings
from recsys.errors import RecsysError
from recsys.evaluation.baselines.baseline import Baseline

MOST_FEATURES = 10_000
"""The most features: 8 · F² bytes, 800 MB, for the matrix to factorise."""


class FeatureBaseline(Baseline):
    """Knows an item by its features. It learns from released items, and scores all of them alike."""

    needs_known_items = False

    @classmethod
    def applies_to(cls, ratings: Ratings) -> bool:
        """Whether the data have features of items."""
        features = ratings.catalogue.item_features
        return features is not None and features.count > 0

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:
        """More than `MOST_FEATURES` features, as most solve for the coefficients of all in memory."""
        features = catalogue.item_features
        if features is None or features.count <= MOST_FEATURES:
            return None
        size = f"{features.count:,} by {features.count:,}"
        return f"it factorises a matrix of {size} features; {MOST_FEATURES:,} is its bound"


def item_features(ratings: Ratings) -> FeatureTable:
    """The features of the items.

    Raises:
        RecsysError: The data have none, see `FeatureBaseline.applies_to`.
    """
    if ratings.catalogue.item_features is None:
        raise RecsysError(f"{ratings.name} has no features of items to fit a baseline to")
    return ratings.catalogue.item_features
