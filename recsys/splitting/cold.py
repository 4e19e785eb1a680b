"""cold_items, cold_users: the part is some items, or some users, with all their ratings, so that training has none."""

from __future__ import annotations

from typing import Literal

import numpy as np

from recsys.arrays import AnyArray, Int64Array
from recsys.data.ratings import Ratings
from recsys.splitting.kind import PartSettings, Seed, SplitKind


def share_of_ids(codes: AnyArray, size: float, seed: Seed) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and the rows of a random share of the ids, rounded up.

    Args:
        codes: The code of each row (N,).
        size: The share of the ids that occur.
        seed: The seed of the part.
    """
    ids = np.unique(codes)
    drawn = np.random.default_rng(list(seed)).permutation(ids)[: int(np.ceil(size * len(ids)))]
    inside = np.isin(codes, drawn)
    return np.flatnonzero(~inside), np.flatnonzero(inside)


def first_seen_from(codes: AnyArray, times: AnyArray, begins: float) -> tuple[Int64Array, Int64Array]:
    """The rows before a time, and the rows from it on of the ids that have none before; the others are in neither.

    Args:
        codes: The code of each row (N,).
        times: The time of each row (N,).
        begins: The time.
    """
    late = times >= begins
    return np.flatnonzero(~late), np.flatnonzero(late & ~np.isin(codes, codes[~late]))


def _cold(name: str, ids: Literal["users", "items"]) -> SplitKind:
    def part(ratings: Ratings, by: PartSettings, seed: Seed) -> tuple[Int64Array, Int64Array]:
        codes = getattr(ratings, ids)
        if by.begins is None:
            return share_of_ids(codes, by.size, seed)
        return first_seen_from(codes, np.asarray(ratings.timestamps), by.begins)

    why = f"because their {ids} have rows before it"
    return SplitKind(
        name, ("size",), part, drawn=True, of_rows=True, options=("at", "last"), leaves_out=why, holds_out=ids
    )


COLD_ITEMS = _cold("cold_items", "items")
COLD_USERS = _cold("cold_users", "users")
