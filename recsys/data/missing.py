"""Values that mean that there is none: rows with one are left out and counted; what looks like one is asked about."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from recsys.arrays import BoolArray, Float64Array
from recsys.data.counts import are_counts
from recsys.data.numbers import distinct, numbers
from recsys.data.reading.rows import Rows
from recsys.errors import InputError
from recsys.reporter import Reporter

_ROLES = ("rating", "weight", "timestamp", "time_of_day")
_IDS = ("user", "item", "event")
_MOST = 3
"""How many values may be sentinels at either end."""
_LEAST = 3
"""How many other values it takes for one to stand out of."""
_USUAL = 10
"""A rating that no usual scale goes beyond but in many steps."""
LEAVE_OUT = "data.missing = %s leaves such rows out"
"""The hint of rows that have no value."""
_FEW = 20
"""Rows up to which nothing stands out."""


def without(
    rows: Rows, missing: tuple[str | float, ...], decimal: str, reporter: Reporter, thousands: str | None = None
) -> Rows:
    """The rows whose rating, weight and timestamp are none of the values that mean "not rated".

    A number is one however it is written, a text only as it stands there; an empty text is a cell with nothing in it.
    The texts are of ids too, the numbers are not: 99 may well be somebody.

    Raises:
        InputError: No row remains.
    """
    if not missing:
        return rows
    kept = np.ones(len(rows), bool)
    for role in _ROLES:
        if role in rows.table.column_names:
            kept &= ~is_any(rows.table.column(role), missing, decimal, thousands)
    for role in _IDS:
        if role in rows.table.column_names:
            kept &= ~is_any(rows.table.column(role), tuple(each for each in missing if isinstance(each, str)))
    if not kept.any():
        raise InputError(f"{rows.place}: no rows remain without those of data.missing = {in_words(missing)}")
    if not kept.all():
        reporter(
            f"{rows.place}: left out {(~kept).sum():,} of {len(rows):,} rows for data.missing = {in_words(missing)}"
        )
    return rows.keep(kept)


def in_words(missing: Iterable[str | float]) -> str:
    """The values as an experiment file has them."""
    return f"[{', '.join(json.dumps(each) if isinstance(each, str) else f'{each:.15g}' for each in missing)}]"


def is_any(
    column: pa.ChunkedArray, among: tuple[str | float, ...], decimal: str = ".", thousands: str | None = None
) -> BoolArray:
    """Whether each cell is one of these values, (N,): a number however it is written, text as it stands."""
    codes, values = distinct(column)
    texts = [str(value) for value in values.to_pylist()]
    words = {each for each in among if isinstance(each, str)}
    found = np.array([text in words for text in texts], bool)
    given = [float(each) for each in among if not isinstance(each, str)]
    if given:
        found |= np.isin(numbers(pa.chunked_array([values]), decimal, thousands), given)
    return np.asarray(np.append(found, "" in words)[codes])  # the last one answers to the -1 of an empty cell


def ask_about_sentinels(rows: Rows, values: Float64Array) -> None:
    """Refuse ratings of which a few values stand out like codes for "not rated", such as 99 on a scale to 10.

    That is a value beyond 10 which is more than twice as far from 0 as all others, and farther from them than they are
    from each other; or the only one below 0.

    Raises:
        InputError: It says how to leave such ratings out, and how to keep them.
    """
    odd = standing_out(values)
    if len(odd):
        is_odd = np.isin(values, odd)
        rest, there = np.sort(values[~is_odd]), np.sort(values)
        many, codes = int(is_odd.sum()), in_words(odd)
        raise InputError(
            f"{rows.place}: {many:,} of {len(values):,} ratings are {codes[1:-1]}, and the others from {rest[0]:g} to "
            f"{rest[-1]:g}: if that means 'not rated' say data.missing = {codes}; if it is a rating say "
            f"data.scale = [{there[0]:g}, {there[-1]:g}]"
        )


def standing_out(values: Float64Array) -> Float64Array:
    """The different values that stand out at either end, rising; of a few rows, and of counts, none.

    The largest of counts lie far from the others, without being anything else.
    """
    if len(values) <= _FEW or are_counts(values):
        return values[:0]
    inner = there = np.unique(values)
    rest: Float64Array | None = there
    while rest is not None:
        inner, rest = rest, _without_outer(rest)
    return np.setdiff1d(there, inner)


def _without_outer(there: Float64Array) -> Float64Array | None:
    """The values without those that stand out at one end; None where none does."""
    for few in range(1, min(_MOST, len(there) - _LEAST) + 1):
        for outer, rest in ((there[:few][::-1], there[few:]), (there[-few:], there[:-few])):
            if _is_far(outer, rest):
                return rest
    return None


def _is_far(outer: Float64Array, rest: Float64Array) -> bool:
    """Whether values beyond one end, the nearest first, stand out of the rest."""
    nearest = outer[0]
    gap = max(rest[0] - nearest, nearest - rest[-1])
    far = abs(nearest) > max(_USUAL, 2 * np.abs(rest).max()) and gap > rest[-1] - rest[0]
    return bool(far or (nearest < 0 <= rest[0] and len(outer) == 1))
