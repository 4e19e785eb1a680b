"""The rules that need no scores: who is shown the popular items, and which of two equal scores comes first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Int32Array, Int64Array
from recsys.data.ratings import Ratings

_NONE = np.zeros(0, np.int32)
_SEED = 0
"""Of the order of items that are equally popular."""


@dataclass(frozen=True, eq=False)
class Fallback:
    """What training, evaluation and serving do alike where scores say nothing.

    A user is cold to a predictor of ratings if the training part has no rating of theirs, and cold to a predictor that
    ranks if it has no positive of theirs. A cold user is shown the most popular items. Of items with equal scores, the
    more popular one comes first; of equally popular ones, the first in a fixed shuffle of the catalogue. An item is as
    popular as it has positives in the training part. No id has a part in these rules.
    """

    unrated: BoolArray
    """Which users have no rating in the training part, (U,)."""
    unliked: BoolArray
    """Which users have no positive in it, (U,)."""
    popularity: Int64Array
    """How many positives each item has in it, (I,)."""

    @classmethod
    def of(cls, train: Ratings) -> Fallback:
        """The rules for a predictor that learns from `train`."""
        catalogue, positives = train.catalogue, train.positives
        return cls(
            np.bincount(train.users, minlength=catalogue.users) == 0,
            np.bincount(positives.users, minlength=catalogue.users) == 0,
            np.bincount(positives.items, minlength=catalogue.items),
        )

    def cold(self, *, rates: bool) -> BoolArray:
        """Which users are cold to a predictor of ratings, or to one that ranks, (U,)."""
        return self.unrated if rates else self.unliked

    @cached_property
    def order(self) -> Int32Array:
        """All item codes in the order in which items of equal scores stand, (I,)."""
        shuffled = np.random.default_rng(_SEED).permutation(len(self.popularity))
        return np.lexsort((shuffled, -self.popularity)).astype(np.int32)

    def popular(self, k: int, hidden: AnyArray = _NONE) -> Int32Array:
        """The k most popular items, (k,), without those hidden, (H,); -1 past the end of a list that runs out."""
        first = self.order[: k + len(hidden)]
        shown = first[~np.isin(first, hidden)][:k]
        return np.pad(shown, (0, k - len(shown)), constant_values=-1)


def rank_top_k(scores: AnyArray, hidden: BoolArray, k: int, order: Int32Array) -> Int32Array:
    """The items of each user's list, best first.

    Args:
        scores: (B, I) or (M, B, I); items scored -∞ or NaN are not ranked.
        hidden: (B, I), True for items that must not be in the user's list, as those rated in training.
        k: The length of the lists.
        order: All item codes in the order in which items of equal scores stand, (I,): see `Fallback.order`.

    Returns:
        Item codes, (B, k) or (M, B, k); -1 past the end of a list that runs out of items.
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
    """True for the k best items of each row, (rows, I); of equals at the border the first."""
    border = np.partition(scores, scores.shape[1] - k, axis=1)[:, -k][:, None]
    chosen = scores >= border
    crowded = chosen.sum(axis=1) > k  # only rows with a tie at the border need the costlier count
    if crowded.any():
        above = scores[crowded] > border[crowded]
        equal = scores[crowded] == border[crowded]
        room = k - above.sum(axis=1, keepdims=True)
        chosen[crowded] = above | (equal & (np.cumsum(equal, axis=1) <= room))
    return chosen
