"""Values that mean "missing": rows with one are dropped and counted."""

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
"""The hint for rows that lack a value."""


def drop_missing(
    rows: Rows, missing: tuple[str | float, ...], decimal: str, reporter: Reporter, thousands: str | None = None
) -> Rows:
    """Drop the rows whose rating, weight or time is one of the values that mean "missing".

    Numbers match in any notation, texts exactly; an empty text matches an empty cell. Texts apply to ids too, numbers
    do not, because 99 may be the id of a user.

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
    """The values in the notation of an experiment file."""
    return f"[{', '.join(json.dumps(each) if isinstance(each, str) else f'{each:.15g}' for each in missing)}]"


def is_one_of(
    column: pa.ChunkedArray, among: tuple[str | float, ...], decimal: str = ".", thousands: str | None = None
) -> BoolArray:
    """Whether each cell is one of these values, (N,). Numbers match in any notation, text matches exactly."""
    codes, values = distinct(column)
    texts = [str(value) for value in values.to_pylist()]
    words = {each for each in among if isinstance(each, str)}
    found = np.array([text in words for text in texts], bool)
    given = [float(each) for each in among if not isinstance(each, str)]
    if given:
        found |= np.isin(numbers(pa.chunked_array([values]), decimal, thousands), given)
    return np.asarray(np.append(found, "" in words)[codes])  # the last one answers to the -1 of an empty cell
