"""Repeated user-item pairs: one row a pair, the latest, which has its own value, or the mean or the sum of all."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings

Rows = npt.NDArray[np.int64]


def repeated(ratings: Ratings) -> npt.NDArray[np.bool_]:
    """True for the rows whose pair came before, (N,)."""
    order, starts = _by_pair(ratings)
    again = np.ones(len(ratings), bool)
    again[order[starts]] = False
    return again


def merged(ratings: Ratings, how: Literal["last", "mean", "sum"]) -> Ratings:
    """One row a pair, in the place of its latest row; without a repeated pair the ratings themselves.

    Without times, and of equal times, the later in the file is the later.
    """
    order, starts = _by_pair(ratings)
    if len(starts) == len(ratings):
        return ratings
    counts = np.diff(starts, append=len(order))
    last = order[_latest(ratings, order, starts, counts)]
    if how != "last":
        values = np.add.reduceat(ratings.values[order].astype(np.float64), starts)
        whole = ratings.values.copy()
        whole[last] = values / counts if how == "mean" else values
        ratings = replace(ratings, values=whole)
    return ratings.take(np.sort(last))


def _latest(ratings: Ratings, order: Rows, starts: Rows, counts: Rows) -> Rows:
    """Where in the order each pair's latest row stands."""
    if ratings.timestamps is None:
        return starts + counts - 1
    times = ratings.timestamps[order]
    of_pair = np.repeat(np.maximum.reduceat(times, starts), counts)
    places = np.where(times == of_pair, np.arange(len(order)), -1)
    return np.asarray(np.maximum.reduceat(places, starts))


def _by_pair(ratings: Ratings) -> tuple[Rows, Rows]:
    """Rows in the order of their pairs, of equal pairs in file order; and where in it each pair starts."""
    pairs = ratings.users.astype(np.int64) * ratings.catalogue.items + ratings.items
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    return order, np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1]))
