"""Values that mean that there is none: rows with one are left out and counted; what looks like one is asked about."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from recsys.arrays import BoolArray
from recsys.data.numbers import distinct, numbers
from recsys.data.reading.rows import Rows
from recsys.errors import InputError
from recsys.reporter import Reporter

_ROLES = ("rating", "weight", "timestamp", "time_of_day")
_IDS = ("user", "item", "event")
LEAVE_OUT = "data.missing = %s leaves such rows out"
"""The hint of rows that have no value."""


def drop_missing(
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
            kept &= ~is_one_of(rows.table.column(role), missing, decimal, thousands)
    for role in _IDS:
        if role in rows.table.column_names:
            kept &= ~is_one_of(rows.table.column(role), tuple(each for each in missing if isinstance(each, str)))
    if not kept.any():
        raise InputError(f"{rows.place}: no rows remain without those of data.missing = {format_values(missing)}")
    if not kept.all():
        listed = format_values(missing)
        reporter(f"{rows.place}: left out {(~kept).sum():,} of {len(rows):,} rows for data.missing = {listed}")
    return rows.keep(kept)


def format_values(missing: Iterable[str | float]) -> str:
    """The values as an experiment file has them."""
    return f"[{', '.join(json.dumps(each) if isinstance(each, str) else f'{each:.15g}' for each in missing)}]"


def is_one_of(
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
