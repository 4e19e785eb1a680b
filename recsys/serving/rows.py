"""Extract the rows of a request from a frame, columns, records, or a list of users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recsys.errors import InputError
from recsys.serving.keys import EXPECTED, KEYS, refuse_unknown

Row = dict[str, Any]
_LISTS = {"exclude", "history", "ratings", "weights"}


def rows_of(given: Any, *, allow_unknown: bool = False) -> list[Row]:
    """Return rows as mappings from names to plain values, without missing values.

    Args:
        given: The rows, in one of the supported forms.
        allow_unknown: Ignore unknown keys instead of raising.

    Raises:
        InputError: `given` has no supported form, or a key is unknown. If the form has rows, the message has the number
            of the first row with a value for the key.
    """
    if isinstance(given, Mapping):
        given = {str(name): values for name, values in given.items()}
        if not allow_unknown:
            refuse_unknown(given)
        given = {name: values for name, values in given.items() if name in KEYS}
    rows = _rows(given)
    present = [_present(row) for row in rows]
    if not allow_unknown:
        _refuse_unknown(present)
        _refuse_unknown(rows)
    return [{name: value for name, value in row.items() if name in KEYS} for row in present]


def _refuse_unknown(rows: Sequence[Mapping[Any, Any]]) -> None:
    for number, row in enumerate(rows, start=1):
        try:
            refuse_unknown(map(str, row))
        except InputError as error:
            raise InputError(f"row {number}: {error}") from None


def _rows(given: Any) -> list[Mapping[Any, Any]]:
    if isinstance(given, pd.DataFrame):
        if not given.columns.is_unique:
            raise InputError("a column stands there twice")
        rows: list[Any] = given.to_dict("records")
        return rows
    if isinstance(given, Mapping):
        return _of_columns({name: plain(values) for name, values in given.items()})
    if isinstance(given, (np.ndarray, Sequence)) and not isinstance(given, str):
        return [row if isinstance(row, Mapping) else {"user": row} for row in plain(given)]
    raise InputError(EXPECTED)


def _of_columns(columns: Mapping[Any, Any]) -> list[Any]:
    """Convert columns to rows; return a single row if a field without lists is a scalar."""
    if any(not isinstance(values, list) for values in columns.values()):
        return [columns]
    if (
        columns
        and columns.keys() <= _LISTS
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
    """Convert NumPy arrays and scalars, and tuples, to plain Python values."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))
