"""Counts, such as of plays: told from ratings by their long tail."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Float64Array
from recsys.errors import InputError

_FEW = 20
"""Values up to which nothing is to be told."""
_OCTAVES = 5
"""Doublings that counts fill without a gap: from 1 to 31 at least. Usual ratings go from 1 to 10."""
_TAIL = 8
"""How many times the median the largest is at least."""


def are_counts(values: Float64Array) -> bool:
    """Whether numbers from 0 on look like counts: many are small, and few are many times as large.

    The numbers above 0 have to fill every doubling from the least to eight times their median, five at least. What lies
    beyond a gap, such as 99 beside ratings from 1 to 10, does not count.
    """
    above = values[values > 0]
    if len(above) <= _FEW or values.min() < 0:
        return False
    octaves = np.floor(np.log2(above)).astype(np.int64)
    filled = np.unique(octaves)
    gaps = np.flatnonzero(np.diff(filled) > 1)
    last = filled[gaps[0]] if len(gaps) else filled[-1]
    run = above[octaves <= last]
    return bool(last - filled[0] + 1 >= _OCTAVES and run.max() >= _TAIL * np.median(run))


def ask_about_counts(place: str, values: Float64Array, column: str | int) -> None:
    """Refuse ratings that look like counts.

    Args:
        place: What messages call the file.
        values: The ratings, (N,).
        column: That they are in.

    Raises:
        InputError: It says how to read them as weights, and how to keep them as ratings.
    """
    if not are_counts(values):
        return
    low, high = float(values.min()), float(values.max())
    raise InputError(
        f"{place}: the ratings in column {column!r} look like counts, from {low:g} to {high:g}, half of them "
        f"{np.median(values):g} or less: if they are, say data.feedback = 'implicit', data.columns.weight = {column!r} "
        f"and data.weight_scale = 'log'; if they are ratings say data.scale = [{low:g}, {high:g}]"
    )
