"""Rules that need no scores: cold users get the popular items, and ties are broken by popularity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Int32Array, Int64Array
from recsys.data.ratings import Ratings

_NONE = np.zeros(0, np.int32)
_SEED = 0
"""The seed of the order of equally popular items."""


@dataclass(frozen=True, eq=False)
class Fallback:
    """What training, evaluation and serving do alike for cold users and for equal scores.

    For a predictor of ratings, a user without a training rating is cold; for a predictor that ranks, a user without a
    training positive. For a predictor that reads features of users, a user with features is never cold. Cold users get
    the most popular items. Equal scores are ordered by popularity, and equally popular items by a fixed shuffle of the
    catalogue. The popularity of an item is its number of training positives.
    The rules do not depend on ids.
    """

    unrated: BoolArray
    """Which users have no training rating, (U,)."""
    unliked: BoolArray
    """Which users have no training positive, (U,)."""
    popularity: Int64Array
    """The number of training positives of each item, (I,)."""
    described: BoolArray | None = None
    """Of which users the features say something, (U,); None if the data have no features of users."""

    @classmethod
    def of(cls, train: Ratings) -> Fallback:
        """The rules for a predictor that is trained on `train`."""
        catalogue, positives = train.catalogue, train.positives
        return cls(
            np.bincount(train.users, minlength=catalogue.users) == 0,
            np.bincount(positives.users, minlength=catalogue.users) == 0,
            np.bincount(positives.items, minlength=catalogue.items),
            None if catalogue.user_features is None else catalogue.user_features.known,
        )

    def cold(self, *, rates: bool, features: bool = False) -> BoolArray:
        """Which users are cold, (U,).

        Args:
            rates: Whether the predictor predicts ratings, or ranks.
            features: Whether it reads the features of users.
        """
        return (self.unrated if rates else self.unliked) & ~self.known_by(features=features)

    def known_by(self, *, features: bool) -> BoolArray:
        """Which users a predictor knows that reads the features of users, or that does not (`features`), (U,)."""
        return np.zeros_like(self.unrated) if self.described is None or not features else self.described

    @cached_property
    def order(self) -> Int32Array:
        """All item codes in the order of items with equal scores, (I,)."""
        shuffled = np.random.default_rng(_SEED).permutation(len(self.popularity))
        return np.lexsort((shuffled, -self.popularity)).astype(np.int32)

    def popular(self, k: int, hidden: AnyArray = _NONE) -> Int32Array:
        """The k most popular items without the hidden ones (H,): (k,), padded with -1."""
        first = self.order[: k + len(hidden)]
        shown = first[~np.isin(first, hidden)][:k]
        return np.pad(shown, (0, k - len(shown)), constant_values=-1)


def rank_top_k(scores: AnyArray, hidden: BoolArray, k: int, order: Int32Array) -> Int32Array:
    """The k best items of each user, best first.

    Args:
        scores: (B, I) or (M, B, I); items with score -∞ or NaN are not ranked.
        hidden: Items to leave out of the user's list, such as those rated in training, (B, I).
        k: The length of the lists.
        order: All item codes in the order of items with equal scores, (I,); see `Fallback.order`.

    Returns:
        Item codes, (B, k) or (M, B, k), padded with -1.
    """
    items = scores.shape[-1]
    length = min(k, items)
    if not length:
        return np.full((*scores.shape[:-1], k), -1, np.int32)
    scores = np.where(hidden | np.isnan(scores), -np.inf, scores)[..., order]
    chosen = _choose(scores.reshape(-1, items), length)
    places = np.nonzero(chosen)[1].reshape(*scores.shape[:-1], length)
    top = np.take_along_axis(scores, places, axis=-1)
    by_score = np.argsort(-top, axis=-1, kind="stable")  # places rise, so that equals keep their order
    top, places = (np.take_along_axis(array, by_score, axis=-1) for array in (top, places))
    return lists_of(top, places, k, order)


def lists_of(top: AnyArray, places: AnyArray, k: int, order: Int32Array) -> Int32Array:
    """The lists of users whose best items are found already, (…, k): see `rank_top_k`.

    Args:
        top: Their best scores, (…, at most k), falling; -∞ where an item must not be in the list.
        places: Where each of these items is in `order`; of equal scores, the lower place comes first.
        k: The length of the lists.
        order: All item codes in the order in which items of equal scores stand, (I,).
    """
    ranked = np.where(np.isneginf(top), -1, order[places]).astype(np.int32)
    padding = [(0, 0)] * (ranked.ndim - 1) + [(0, k - ranked.shape[-1])]
    return np.pad(ranked, padding, constant_values=-1)


def _choose(scores: AnyArray, k: int) -> BoolArray:
    """True for the k best items of each row, (rows, I); ties at the k-th score go to the first items."""
    border = np.partition(scores, scores.shape[1] - k, axis=1)[:, -k][:, None]
    chosen = scores >= border
    crowded = chosen.sum(axis=1) > k  # only rows with a tie at the border need the costlier count
    if crowded.any():
        above = scores[crowded] > border[crowded]
        equal = scores[crowded] == border[crowded]
        room = k - above.sum(axis=1, keepdims=True)
        chosen[crowded] = above | (equal & (np.cumsum(equal, axis=1) <= room))
    return chosen
