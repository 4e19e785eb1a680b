"""The k-core: drop users and items with few positives until all that remain have enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Columns, Ratings
from recsys.errors import InputError
from recsys.reporter import Reporter


def k_core(ratings: Ratings, user_least: int, item_least: int, reporter: Reporter) -> Ratings:
    """The largest part in which every user has `user_least` positives and every item `item_least` (Seidman 1983).

    If the data do not say which pairs are positive, all are. A pair counts once, however many rows it has. Dropped ids
    are removed from the catalogue.

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
    reporter(
        f"{ratings.name}: kept {len(kept):,} of {len(ratings):,} ratings, {after.users:,} of {before.users:,} users "
        f"and {after.items:,} of {before.items:,} items, for data.min_user_ratings = {user_least} and "
        f"data.min_item_ratings = {item_least}"
    )
    return replace(kept, core=(user_least, item_least))


def _core_rows(ratings: Ratings, user_least: int, item_least: int) -> Int64Array:
    rows = np.arange(len(ratings))
    positive = ratings.are_positive
    while True:
        users, items, counted = ratings.users[rows], ratings.items[rows], positive[rows]
        enough = (np.bincount(users, counted)[users] >= user_least) & (np.bincount(items, counted)[items] >= item_least)
        if enough.all():
            return rows
        rows = rows[enough]


def _compact(ratings: Ratings) -> Ratings:
    """The same ratings over a catalogue of only their ids."""
    catalogue = ratings.catalogue
    users, items = np.unique(ratings.users), np.unique(ratings.items)
    smaller = catalogue.take(users, items)

    def recoded(columns: Columns) -> dict[str, Any]:
        codes = {"users": users, "items": items}
        return {name: np.searchsorted(kept, columns[name]).astype(np.int32) for name, kept in codes.items()}  # type: ignore[arg-type]  # both are there

    events = ratings.events
    if events is not None:
        events = replace(events, rows={**events.rows, **recoded(events.rows)})
    return replace(
        ratings, **recoded({"users": ratings.users, "items": ratings.items}), catalogue=smaller, events=events
    )
