"""Synthetic ratings: a random low-rank model, biases and noise, rounded to one to five stars."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys.data.ratings import Catalogue, Ratings
from recsys.data.settings import SyntheticSettings


def synthetic_ratings(settings: SyntheticSettings) -> Ratings:
    """Ratings of distinct user-item pairs in random order, one second apart; a function of the settings alone."""
    random = np.random.default_rng(settings.seed)
    pairs = random.permutation(_distinct(random, settings.users * settings.items, settings.ratings))
    users, items = (pairs // settings.items).astype(np.int32), (pairs % settings.items).astype(np.int32)
    scores = np.full(len(pairs), 3.5, np.float32)
    for size, codes in ((settings.users, users), (settings.items, items)):
        scores += random.normal(0, 0.4, size).astype(np.float32)[codes]
    for _ in range(settings.rank):
        user, item = (random.normal(0, 1, size).astype(np.float32) for size in (settings.users, settings.items))
        scores += 0.5 / np.sqrt(settings.rank) * user[users] * item[items]
    scores += random.normal(0, settings.noise, len(pairs)).astype(np.float32)
    catalogue = Catalogue(
        pd.RangeIndex(1, settings.users + 1),
        pd.RangeIndex(1, settings.items + 1),
        np.array([f"Item {number}" for number in range(1, settings.items + 1)]),
    )
    stars = np.clip(np.rint(scores), 1, 5).astype(np.float32)
    return Ratings(users, items, stars, np.arange(len(pairs), dtype=np.int64), catalogue, (1.0, 5.0), "synthetic")


def _distinct(random: np.random.Generator, total: int, count: int) -> np.ndarray:
    """`count` distinct numbers below `total`, without listing them all where they are few of many."""
    if count > total // 4:
        return random.permutation(total)[:count]
    drawn = np.zeros(0, np.int64)
    while len(drawn) < count:
        drawn = np.unique(np.append(drawn, random.integers(0, total, int(count * 1.3) + 100)))
    return random.permutation(drawn)[:count]
