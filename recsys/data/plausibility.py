"""Recognise ratings that may mean something else: counts, codes for "not rated", and zeros."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Float64Array
from recsys.data.missing import format_values
from recsys.data.reading.rows import Rows
from recsys.errors import InputError
from recsys.reporter import Reporter

_FEW = 20
"""Values up to which counts are not recognised."""
_OCTAVES = 5
"""Doublings that counts fill without a gap, at least: from 1 to 31. Usual ratings go from 1 to 10."""
_TAIL = 8
"""The least ratio of the largest count to the median."""
_MOST = 3
"""The most sentinel values at either end."""
_LEAST = 3
"""The fewest other values that a sentinel stands out from."""
_USUAL = 10
"""The highest rating of most scales."""
_FEW_ROWS = 20
"""Rows up to which no value counts as a sentinel."""
_MANY_ZEROS = 1 / 3
"""The share of zeros from which they may mean "not rated"."""


def are_counts(values: Float64Array) -> bool:
    """Whether numbers from 0 on look like counts: many are small, and a few are many times larger.

    The numbers above 0 have to fill every doubling from the smallest to eight times their median, at least five.
    Values beyond a gap, such as 99 next to ratings from 1 to 10, are ignored.
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


def refuse_counts(place: str, values: Float64Array, column: str | int) -> None:
    """Refuse ratings that look like counts.

    Args:
        place: The file's name in messages.
        values: The ratings, (N,).
        column: Their column.

    Raises:
        InputError: They do. The message says how to read them as weights, and how to keep them as ratings.
    """
    if not are_counts(values):
        return
    low, high = float(values.min()), float(values.max())
    raise InputError(
        f"{place}: the ratings in column {column!r} look like counts, from {low:g} to {high:g}, half of them "
        f"{np.median(values):g} or less: if they are, set data.feedback = 'implicit', data.columns.weight = {column!r} "
        f"and data.weight_scale = 'log'; if they are ratings, set data.scale = [{low:g}, {high:g}]"
    )


def refuse_sentinels(rows: Rows, values: Float64Array) -> None:
    """Refuse ratings in which a few values stand out like codes for "not rated", such as 99 on a scale to 10.

    Such a value lies beyond 10, is more than twice as far from 0 as all others, and farther from them than they are
    from each other; or it is the only one below 0.

    Raises:
        InputError: There are such values. The message says how to drop them, and how to keep them.
    """
    odd = outlying_values(values)
    if len(odd):
        is_odd = np.isin(values, odd)
        rest, there = np.sort(values[~is_odd]), np.sort(values)
        many, codes = int(is_odd.sum()), format_values(odd)
        raise InputError(
            f"{rows.place}: {many:,} of {len(values):,} ratings are {codes[1:-1]}, and the others from {rest[0]:g} to "
            f"{rest[-1]:g}: if that means 'not rated', set data.missing = {codes}; if it is a rating, set "
            f"data.scale = [{there[0]:g}, {there[-1]:g}]"
        )


def outlying_values(values: Float64Array) -> Float64Array:
    """The distinct values that stand out at either end, ascending; none for few rows and for counts.

    The largest counts lie far from the others without being a code.
    """
    if len(values) <= _FEW_ROWS or are_counts(values):
        return values[:0]
    inner = there = np.unique(values)
    rest: Float64Array | None = there
    while rest is not None:
        inner, rest = rest, _without_outermost(rest)
    return np.setdiff1d(there, inner)


def _without_outermost(there: Float64Array) -> Float64Array | None:
    """The values without those that stand out at one end; None if none does."""
    for few in range(1, min(_MOST, len(there) - _LEAST) + 1):
        for outer, rest in ((there[:few][::-1], there[few:]), (there[-few:], there[:-few])):
            if _are_outlying(outer, rest):
                return rest
    return None


def _are_outlying(outer: Float64Array, rest: Float64Array) -> bool:
    """Whether values beyond one end, the nearest first, stand out from the rest."""
    nearest = outer[0]
    gap = max(rest[0] - nearest, nearest - rest[-1])
    far = abs(nearest) > max(_USUAL, 2 * np.abs(rest).max()) and gap > rest[-1] - rest[0]
    return bool(far or (nearest < 0 <= rest[0] and len(outer) == 1))


def warn_about_zeros(values: Float64Array, place: str, reporter: Reporter) -> None:
    """Report ratings of 0 that are frequent and below at least two other values."""
    zeros = int((values == 0).sum())
    if values.min() == 0 and zeros > _MANY_ZEROS * len(values) and len(np.unique(values)) > 2:
        reporter(
            f"{place}: {zeros:,} of {len(values):,} ratings are 0: if that means 'not rated', set data.missing = [0]"
        )
