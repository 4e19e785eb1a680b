"""Example lists: what some users are shown, next to what they liked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, IntArray
from recsys.data.ratings import Catalogue, Ratings


@dataclass(frozen=True)
class ExampleList:
    """One user's list."""

    user: str
    """The id."""
    positives: int
    """How many positives the user has in training."""
    liked: Sequence[str]
    """Titles, or ids, of training positives: the highest rated first, of equals the latest."""
    shown: Sequence[tuple[str, bool]]
    """The list, best first, and of each item whether it is a held-out positive."""


def sampled_lists(users: IntArray, ranked: IntArray, hits: BoolArray, train: Ratings) -> Sequence[ExampleList]:
    """Lists of three users, with few, with a middling number and with many training positives.

    They stand at a sixth, a half and five sixths of all measured users, so that no one has picked them.

    Args:
        users: IntArray of those measured, (V,).
        ranked: Their lists, (V, k), -1 past the end of a short one.
        hits: Whether each item is a held-out positive, (V, k).
        train: What the model has seen.
    """
    positives = _positives(train)
    counts = np.bincount(positives.users, minlength=train.catalogue.users)[users]
    order = np.argsort(counts, kind="stable")
    places = list(dict.fromkeys(int(order[len(order) * part // 6]) for part in (1, 3, 5) if len(order)))
    names = _names(train.catalogue)
    return [
        ExampleList(
            str(train.catalogue.user_ids[users[place]]),
            int(counts[place]),
            [names(item) for item in _favourites(positives, users[place], ranked.shape[1])],
            [(names(item), bool(hit)) for item, hit in zip(ranked[place], hits[place], strict=True) if item >= 0],
        )
        for place in places
    ]


def _positives(train: Ratings) -> Ratings:
    """The positive ratings, with their values."""
    train = train.alone
    return train if train.implicit else train.take(train.values >= train.relevant_from(None))


def _favourites(positives: Ratings, user: int, most: int) -> IntArray:
    """The user's items, the highest rated first, of equals the latest, then in the table's order."""
    own = positives.take(positives.users == user)
    latest = np.zeros(len(own)) if own.timestamps is None else -own.timestamps.astype(np.float64)
    return own.items[np.lexsort((latest, -own.values))][:most]


def _names(catalogue: Catalogue) -> Callable[[int], str]:
    if catalogue.titles is None:
        return lambda item: str(catalogue.item_ids[item])
    titles = catalogue.titles
    return lambda item: str(titles[item])
