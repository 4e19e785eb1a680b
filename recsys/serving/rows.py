"""The rows of a request, whichever form it has: a frame, columns, records, or users alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recsys.errors import InputError

Row = dict[str, Any]
EXPECTED = (
    "expected rows that have a user or a history, and may have item, n, exclude, ratings, weights, by, seed and stars"
)


def rows_of(given: Any) -> list[Row]:
    """The rows, as mappings from names to plain values; what is missing is not in them.

    Raises:
        InputError: It is nothing that rows could be read from.
    """
    if isinstance(given, pd.DataFrame):
        if not given.columns.is_unique:
            raise InputError("a column stands there twice")
        rows: list[Any] = given.to_dict("records")
    elif isinstance(given, Mapping):
        rows = _of_columns({name: plain(values) for name, values in given.items()})
    elif isinstance(given, (np.ndarray, Sequence)) and not isinstance(given, str):
        rows = [row if isinstance(row, Mapping) else {"user": row} for row in plain(given)]
    else:
        raise InputError(EXPECTED)
    return [_present(row) for row in rows]


def _of_columns(columns: Mapping[Any, Any]) -> list[Any]:
    """Rows of columns; a single row where what people have one of is no list."""
    if any(not isinstance(values, list) for values in columns.values()):
        return [columns]
    lists = {"exclude", "history", "ratings", "weights"}
    if (
        columns
        and columns.keys() <= lists
        and not any(isinstance(v, list) for values in columns.values() for v in values)
    ):
        return [columns]
    if len({len(values) for values in columns.values()}) > 1:
        lengths = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
        raise InputError(f"the columns are of different lengths: {lengths}")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _present(row: Mapping[Any, Any]) -> Row:
    given = {str(name): plain(value) for name, value in row.items()}
    return {name: value for name, value in given.items() if not _missing(value)}


def plain(value: Any) -> Any:
    """NumPy's arrays and scalars as Python's own."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))
