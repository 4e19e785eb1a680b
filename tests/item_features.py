"""Ratings whose items have features: categories, one or several an item, and a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Ratings

NAMES = [*(f"kind={value}" for value in "abc"), *(f"genres={value}" for value in "wxyz"), "year"]
COLUMNS = [name.split("=")[0] for name in NAMES]


def with_item_features(ratings: Ratings, seed: int = 0) -> Ratings:
    """The same ratings with eight features of their items; of the last item nothing is known."""
    items, random = ratings.catalogue.items, np.random.default_rng(seed)
    kinds, genres = np.eye(3)[random.integers(0, 3, items)], random.random((items, 4)) < 0.4
    weighed = genres / np.sqrt(np.maximum(genres.sum(axis=1, keepdims=True), 1))
    return with_rows(
        ratings, np.hstack([kinds, weighed, random.normal(size=(items, 1))]) * (np.arange(items) < items - 1)[:, None]
    )


def with_rows(ratings: Ratings, rows: np.ndarray) -> Ratings:
    """The same ratings with these features (I, 8) of their items."""
    table = FeatureTable(csr_array(rows.astype(np.float32)), NAMES, COLUMNS)
    return replace(ratings, catalogue=replace(ratings.catalogue, item_features=table))


def rows_of(ratings: Ratings) -> np.ndarray:
    """The features of all items (I, F), dense."""
    features = ratings.catalogue.item_features
    assert features is not None
    return features.rows.toarray().astype(np.float64)
