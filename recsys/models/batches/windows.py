"""Windows of histories: how training cuts histories, and which windows a step takes."""

from __future__ import annotations

import numpy as np

from recsys.arrays import AnyArray, Int32Array, Int64Array
from recsys.data.histories import Histories


class Windows:
    """Windows of L + 1 items of histories, the newest last.

    Args:
        items: Item codes (W, L + 1); code I fills the places before the first item.
        weights: The weights of the items after the first place (W, L), 0 for no case.
    """

    def __init__(self, items: Int32Array, weights: AnyArray) -> None:
        self.items, self.weights = items, weights
        self.cases: Int64Array = (weights > 0).sum(axis=1)
        """The number of cases of each window (W,), which are its last places."""

    @classmethod
    def of(cls, histories: Histories, length: int, padding: int) -> Windows:
        """Cut histories into windows.

        Each item but the first of a history is a case in one window.

        Args:
            histories: Positives only.
            length: The most cases L of a window.
            padding: The code I that fills places.
        """
        lengths, ago = histories.lengths, histories.steps_ago
        needed = -(-np.maximum(lengths - 1, 0) // length)
        first = np.cumsum(needed) - needed
        count = int(needed.sum())
        items = np.full((count + 1, length + 1), padding, np.int32)  # the last one is empty
        weights = np.zeros((count + 1, length), np.float32)
        rows, place = first[histories.rows] + ago // length, length - ago % length
        cases = ago < lengths[histories.rows] - 1
        items[rows[cases], place[cases]] = histories.items[cases]
        weights[rows[cases], place[cases] - 1] = histories.weights[cases]
        # the item before a window's first case is the first of its history, or the last case of another window
        before = (ago > 0) & (ago % length == 0)
        items[rows[before] - 1, 0] = histories.items[before]
        oldest = ~cases & (ago % length > 0)
        items[rows[oldest], place[oldest]] = histories.items[oldest]
        return cls(items, weights)


def most_cases(cases: Int64Array, steps: int) -> int:
    """Return an upper bound of the cases of a step: the sum of the greatest of every S neighbours by length."""
    return int(np.sort(cases)[::-1][::steps].sum())


def dealt(cases: Int64Array, steps: int, random: np.random.Generator) -> Int32Array:
    """Return windows by step (steps, B): one of every S neighbours by length, in random order among equals."""
    order = np.lexsort((random.random(len(cases)), -cases))
    per_step = -(-len(cases) // steps)
    filled = np.full(steps * per_step, len(cases) - 1)
    filled[: len(cases)] = order
    strata = filled.reshape(per_step, steps)
    return random.permuted(strata, axis=1).T.astype(np.int32)


def places_of_cases(cases: Int64Array, length: int, most: int) -> Int32Array:
    """Return the places of the cases of each step (steps, P), -1 beyond them.

    Args:
        cases: The number of cases of each window (steps, B).
        length: The number of places of a window, whose last ones are its cases.
        most: The number P.
    """
    inside = np.arange(length)[None, None, :] >= length - cases[:, :, None]
    found = np.full((len(cases), most), -1, np.int32)
    for step, of_step in enumerate(inside.reshape(len(cases), -1)):
        own = np.flatnonzero(of_step)
        found[step, : len(own)] = own
    return found
