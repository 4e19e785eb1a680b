"""Features of synthetic items: some that matter, whose effects are known, and some that say nothing."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import BoolArray, Float64Array, FloatArray
from recsys.data.features.encoder import FeatureEncoder
from recsys.data.features.encoders.flag import FlagEncoder
from recsys.data.features.feature_table import FeatureTable
from recsys.data.settings import SyntheticSettings

EXPLAINED = 0.8
"""The share of the variance of an item's vector that its features explain. The rest is the item's own."""
_STREAM = 1
"""The random stream of the features, apart from that of the ratings, which are the same without features."""


def drawn_features(settings: SyntheticSettings) -> BoolArray:
    """The features of each item, (I, F): first those that matter, then those that say nothing, each half true."""
    random = np.random.default_rng([settings.seed, _STREAM])
    return np.asarray(random.random((settings.items, settings.item_features + settings.noise_features)) < 0.5)


def feature_effects(settings: SyntheticSettings) -> Float64Array:
    """The true effect of each feature on each of the K dimensions of an item's vector, (K, F).

    The features' part of an item's vector is Σ_f (2 x_f - 1) times the effect of f. The effects of the features that
    say nothing are 0, and those of the others have a sum of squares of `EXPLAINED` in each dimension.
    """
    random = np.random.default_rng([settings.seed, _STREAM + 1])
    effects = np.zeros((settings.rank, settings.item_features + settings.noise_features))
    drawn = random.normal(0, 1, (settings.rank, settings.item_features))
    effects[:, : settings.item_features] = drawn * np.sqrt(
        EXPLAINED / np.maximum((drawn**2).sum(1, keepdims=True), 1e-9)
    )
    return effects


def with_effects(own: FloatArray, dimension: int, settings: SyntheticSettings, deviation: float = 1.0) -> FloatArray:
    """One dimension of the items' vectors (I,): their own part, and that of their features.

    Args:
        own: The normal part of each item; returned as it is if no feature matters.
        dimension: Which of the K.
        settings: `[data.synthetic]`.
        deviation: The standard deviation of the whole.
    """
    if not settings.item_features:
        return own
    of_features = (2.0 * drawn_features(settings) - 1) @ feature_effects(settings)[dimension]
    return np.asarray(np.sqrt(1 - EXPLAINED) * own + deviation * of_features)


def synthetic_table(settings: SyntheticSettings) -> FeatureTable | None:
    """The features of all items; None if the settings ask for none."""
    names = [f"feature_{at}" for at in range(1, settings.item_features + 1)]
    names += [f"noise_{at}" for at in range(1, settings.noise_features + 1)]
    if not names:
        return None
    encoders = tuple(FlagEncoder(column=name, known=settings.items) for name in names)
    rows = csr_array(drawn_features(settings).astype(np.float32))
    return FeatureTable(rows, names, names, FeatureEncoder(encoders=encoders, ids=settings.items))
