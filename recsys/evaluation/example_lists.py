"""Example lists: the recommendations of some users, next to the items that they liked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, IntArray
from recsys.data.ratings import Catalogue, Ratings


@dataclass(frozen=True)
class ExampleList:
    """The list of one user, for people to look at."""

    user: str
    """The id of the user."""
    positives: int
    """The number of the user's training positives."""
    heading: str
    """What `known` are: liked, or chosen last where the parts of the split follow each other in time."""
    known: Sequence[str]
    """Titles, or ids, of training positives, by descending rating, then by descending time; if they were chosen last,
    by descending time alone."""
    shown: Sequence[tuple[str, bool]]
    """The list, best first, and whether each item is a held-out positive."""


def sampled_lists(users: IntArray, ranked: IntArray, hits: BoolArray, train: Ratings) -> Sequence[ExampleList]:
    """The lists of three users: with few, with a median number of, and with many training positives.

    They are the users at 1/6, 1/2 and 5/6 of all evaluated users, ordered by that number.

    Args:
        users: Codes of the evaluated users, (V,).
        ranked: Their lists, (V, k), padded with -1.
        hits: Whether each item is a held-out positive, (V, k).
        train: The ratings that the model has seen.
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
            "chosen last" if train.ordered else "liked",
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
    """The user's items by descending rating, then by descending time, then in the table's order.

    If the parts of the split follow each other in time, they are in descending order of time, the later row first.
    """
    own = positives.take(positives.users == user)
    latest = np.zeros(len(own)) if own.timestamps is None else -own.timestamps.astype(np.float64)
    keys = (-np.arange(len(own)), latest) if own.ordered else (latest, -own.values)
    return own.items[np.lexsort(keys)][:most]


def _names(catalogue: Catalogue) -> Callable[[int], str]:
    if catalogue.titles is None:
        return lambda item: str(catalogue.item_ids[item])
    titles = catalogue.titles
    return lambda item: str(titles[item])
