"""Merge repeated user-item pairs into one row: the latest, with its own value, the mean, or the sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from recsys.arrays import BoolArray, Float32Array, Float64Array, Int32Array, Int64Array

Times = Int64Array | Float64Array | None
WeightScale = Literal["linear", "log", "one"]


class Merged(NamedTuple):
    """The merged rows of a table."""

    latest: Int64Array
    """The position of each pair's latest row, (P,), ascending. The pairs are in this order."""
    values: Float32Array
    """The value of each pair, (P,)."""
    pairs: Int32Array
    """The pair of each row, (N,)."""


@dataclass(frozen=True)
class Merging:
    """How the rows of a pair become one."""

    how: Literal["last", "mean", "sum"]
    """`last`: the latest row counts. Without times, and for equal times, the later row in the file is the latest."""
    weight_scale: WeightScale = "linear"
    """For sums: a pair's sum w counts as w, as log(1 + w), or as 1."""

    def of(self, users: Int32Array, items: Int32Array, values: Float32Array, times: Times) -> Merged:
        """Merge columns of shape (N,) into one row per pair."""
        order, starts = _by_pair(users, items)
        counts = np.diff(starts, append=len(order))
        latest = order[_latest(times, order, starts, counts)]
        found = values[latest]
        if self.how != "last" and len(starts) < len(order):
            sums = np.add.reduceat(values[order].astype(np.float64), starts)
            found = (sums / counts if self.how == "mean" else sums).astype(np.float32)
        rank = np.argsort(latest)  # the pairs in the order of their latest rows
        pairs = np.empty(len(order), np.int32)
        pairs[order] = np.repeat(np.argsort(rank), counts)
        return Merged(latest[rank], self._scaled(found[rank]), pairs)

    def _scaled(self, sums: Float32Array) -> Float32Array:
        """Sums on their scale. Sums that are not above 0, because as much was returned as bought, are unchanged."""
        if self.weight_scale == "linear":
            return sums
        scaled = np.log1p(np.maximum(sums, 0)) if self.weight_scale == "log" else np.ones_like(sums)
        return np.where(sums > 0, scaled, sums)


def repeated(users: Int32Array, items: Int32Array) -> BoolArray:
    """Whether a row's pair occurs in an earlier row, (N,)."""
    order, starts = _by_pair(users, items)
    again = np.ones(len(order), bool)
    again[order[starts]] = False
    return again


def _latest(times: Times, order: Int64Array, starts: Int64Array, counts: Int64Array) -> Int64Array:
    """The position of each pair's latest row in the order."""
    if times is None or not len(order):
        return starts + counts - 1
    times = times[order]
    of_pair = np.repeat(np.maximum.reduceat(times, starts), counts)
    places = np.where(times == of_pair, np.arange(len(order)), -1)
    return np.asarray(np.maximum.reduceat(places, starts))


def _by_pair(users: Int32Array, items: Int32Array) -> tuple[Int64Array, Int64Array]:
    """The rows sorted by pair, equal pairs in file order, and the position at which each pair starts."""
    pairs = users.astype(np.int64) * (int(items.max(initial=0)) + 1) + items
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    return order, np.flatnonzero(np.append(len(pairs) > 0, pairs[1:] != pairs[:-1]))
