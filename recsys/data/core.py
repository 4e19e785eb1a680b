"""The k-core: users and items with few ratings left out, until all that remain have enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Catalogue, Ratings
from recsys.errors import InputError
from recsys.say import Say


def cored(ratings: Ratings, user_least: int, item_least: int, say: Say) -> Ratings:
    """The largest part in which every user has `user_least` ratings and every item `item_least` (Seidman 1983).

    The ids left out are no part of the catalogue any more.

    Raises:
        InputError: Nothing would remain.
    """
    if user_least == item_least == 0:
        return ratings
    rows = _core_rows(ratings, user_least, item_least)
    if not len(rows):
        raise InputError(
            f"{ratings.name}: no ratings remain where every user has data.min_user_ratings = {user_least} and every "
            f"item data.min_item_ratings = {item_least}: lower them"
        )
    kept = _compact(ratings.take(rows))
    before, after = ratings.catalogue, kept.catalogue
    say(
        f"{ratings.name}: kept {len(kept):,} of {len(ratings):,} ratings, {after.users:,} of {before.users:,} users "
        f"and {after.items:,} of {before.items:,} items, for data.min_user_ratings = {user_least} and "
        f"data.min_item_ratings = {item_least}"
    )
    return replace(kept, core=(user_least, item_least))


def _core_rows(ratings: Ratings, user_least: int, item_least: int) -> npt.NDArray[np.int64]:
    rows = np.arange(len(ratings))
    while True:
        users, items = ratings.users[rows], ratings.items[rows]
        enough = (np.bincount(users)[users] >= user_least) & (np.bincount(items)[items] >= item_least)
        if enough.all():
            return rows
        rows = rows[enough]


def _compact(ratings: Ratings) -> Ratings:
    """The same ratings over a catalogue of no other ids than theirs."""
    catalogue = ratings.catalogue
    user_kept, users = _recoded(ratings.users)
    item_kept, items = _recoded(ratings.items)
    titles = None if catalogue.titles is None else catalogue.titles[item_kept]
    smaller = Catalogue(catalogue.user_ids[user_kept], catalogue.item_ids[item_kept], titles)
    return replace(ratings, users=users, items=items, catalogue=smaller)


def _recoded(codes: npt.NDArray[np.int32]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int32]]:
    """The codes that occur, rising, and each row's place among them."""
    kept, places = np.unique(codes, return_inverse=True)
    return kept, places.astype(np.int32)
