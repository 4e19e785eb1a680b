"""Synthetic data: ratings from a low-rank model, events of users with mixed tastes, and events of a Markov chain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys.arrays import Float64Array
from recsys.data.features.synthetic_items import synthetic_table, with_effects
from recsys.data.ratings import Catalogue, Ratings
from recsys.data.settings import DataSettings, SyntheticSettings
from recsys.data.validation import merge_events

_CONTRAST = 2.0
"""The standard deviation of the logarithm of an item's appeal to a taste."""
_MIXTURE = 0.5
"""The sum of the parameters of the Dirichlet distribution of a user's tastes: the lower, the fewer tastes per user."""


def synthetic_ratings(settings: SyntheticSettings) -> Ratings:
    """Ratings of distinct user-item pairs in random order, one second apart. Depends on the settings alone."""
    random = np.random.default_rng(settings.seed)
    pairs = random.permutation(_distinct(random, settings.users * settings.items, settings.ratings))
    users, items = (pairs // settings.items).astype(np.int32), (pairs % settings.items).astype(np.int32)
    scores = np.full(len(pairs), 3.5, np.float32)
    for size, codes in ((settings.users, users), (settings.items, items)):
        scores += random.normal(0, 0.4, size).astype(np.float32)[codes]
    for dimension in range(settings.rank):
        user, own = (random.normal(0, 1, size).astype(np.float32) for size in (settings.users, settings.items))
        item = with_effects(own, dimension, settings).astype(np.float32)
        scores += 0.5 / np.sqrt(settings.rank) * user[users] * item[items]
    scores += random.normal(0, settings.noise, len(pairs)).astype(np.float32)
    stars = np.clip(np.rint(scores), 1, 5).astype(np.float32)
    times = np.arange(len(pairs), dtype=np.int64)
    return Ratings(users, items, stars, times, _catalogue(settings), (1.0, 5.0), "synthetic")


def synthetic_events(settings: DataSettings) -> Ratings:
    """Implicit data from events in random order, one second apart. Depends on the settings alone.

    A user has a mixture of tastes, and a taste is a distribution over the items: P(i | u) = Σ_k θ_uk φ_ki (Hofmann
    1999), with φ_ki proportional to i's popularity, a power law, times its appeal to the taste. The most popular
    items are therefore a good list, and a list for each user's tastes is a better one. Users' activity is
    log-normal.
    """
    drawn = settings.synthetic
    random = np.random.default_rng(drawn.seed)
    activity = random.lognormal(0, 1, drawn.users)
    per_user = random.multinomial(drawn.ratings, activity / activity.sum())
    mixtures = random.dirichlet(np.full(drawn.rank, _MIXTURE / drawn.rank), drawn.users)
    per_taste = random.multinomial(per_user, mixtures)  # (U, K)
    popularity = random.permutation(np.arange(1, drawn.items + 1) ** -drawn.popularity)
    users, items = np.empty((2, drawn.ratings), np.int32)
    start = 0
    for taste, counts in enumerate(per_taste.T):  # so that no more than one distribution is in memory
        end = start + counts.sum()
        appeal = with_effects(random.normal(0, _CONTRAST, drawn.items), taste, drawn, _CONTRAST)
        shares = np.cumsum(popularity * np.exp(appeal))
        users[start:end] = np.repeat(np.arange(drawn.users, dtype=np.int32), counts)
        items[start:end] = np.searchsorted(shares, random.random(end - start) * shares[-1], side="right")
        start = end
    order = random.permutation(drawn.ratings)
    ones, times = np.ones(drawn.ratings, np.float32), np.arange(drawn.ratings, dtype=np.int64)
    events = Ratings(users[order], items[order], ones, times, _catalogue(drawn), (0.0, 1.0), "synthetic", implicit=True)
    return merge_events(events, settings)


def synthetic_sequences(settings: DataSettings) -> Ratings:
    """Implicit data from a Markov chain over tastes, one second apart. Depends on the settings alone.

    Item i belongs to taste i mod K. An event has the taste of the user's previous one with the probability
    `persistence`, else a taste that is drawn anew, all with equal probability; it is an item of the taste, drawn in
    proportion to its popularity. The best possible list after an event of taste k therefore ranks items by
    (persistence · [k is the item's taste] + (1 - persistence) / K) · share of the item in its taste.
    """
    drawn = settings.synthetic
    random = np.random.default_rng(drawn.seed)
    activity = random.lognormal(0, 1, drawn.users)
    per_user = random.multinomial(drawn.ratings, activity / activity.sum())
    users = np.repeat(np.arange(drawn.users, dtype=np.int32), per_user)
    anew = random.random(drawn.ratings) >= drawn.persistence
    anew[np.cumsum(per_user)[per_user > 0] - per_user[per_user > 0]] = True
    fresh = random.integers(0, drawn.rank, drawn.ratings)
    tastes = fresh[np.maximum.accumulate(np.where(anew, np.arange(drawn.ratings), 0))]
    items = np.empty(drawn.ratings, np.int32)
    for taste, shares in enumerate(taste_shares(drawn)):
        own = np.flatnonzero(tastes == taste)
        items[own] = random.choice(len(shares), len(own), p=shares)
    times = np.argsort(random.permutation(users), kind="stable")  # those of a user rise
    ones, order = np.ones(drawn.ratings, np.float32), np.argsort(times)
    events = Ratings(
        users[order], items[order], ones, times[order], _catalogue(drawn), (0.0, 1.0), "synthetic", implicit=True
    )
    return merge_events(events, settings)


def taste_shares(settings: SyntheticSettings) -> Float64Array:
    """The probability of each item within each taste of `synthetic_sequences`, (K, I)."""
    items = np.arange(settings.items)
    own = items % settings.rank == np.arange(settings.rank)[:, None]
    weights = np.where(own, (1.0 + items // settings.rank) ** -settings.popularity, 0.0)
    shares: Float64Array = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _catalogue(settings: SyntheticSettings) -> Catalogue:
    return Catalogue(
        pd.RangeIndex(1, settings.users + 1),
        pd.RangeIndex(1, settings.items + 1),
        np.array([f"Item {number}" for number in range(1, settings.items + 1)]),
        item_features=synthetic_table(settings),
    )


def _distinct(random: np.random.Generator, total: int, count: int) -> np.ndarray:
    """Draw `count` distinct numbers below `total`, without enumerating them if they are few of many."""
    if count > total // 4:
        return random.permutation(total)[:count]
    drawn = np.zeros(0, np.int64)
    while len(drawn) < count:
        drawn = np.unique(np.append(drawn, random.integers(0, total, int(count * 1.3) + 100)))
    return random.permutation(drawn)[:count]
