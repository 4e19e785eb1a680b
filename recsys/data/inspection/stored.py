"""The columns of a Parquet or a JSON file, with some of their cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from recsys.data.inspection.column import Column
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.formats import Format
from recsys.data.reading.json_records import names_of_json, read_json
from recsys.data.reading.parquet_files import names_of_parquet
from recsys.data.reading.table import read_rows
from recsys.errors import InputError

_SOME = 20_000
"""Cells of a column that are looked at."""


def stored_columns(path: Path, form: Format) -> list[Column]:
    """The columns, one of lists or structures without cells.

    Raises:
        InputError: The file cannot be read.
    """
    if form.kind == "json":
        names = names_of_json(path, form)
        try:
            table = read_json(path, form, {name: name for name in names}, None, lambda _line: None).table
            return [Column(name, name, _some(table.column(name))) for name in names]
        except InputError:
            pass  # one of them has values of several types: the others can be read all the same
    else:
        names = names_of_parquet(path, form)
    return [Column(name, name, _read(path, name)) for name in names]


def _read(path: Path, name: str) -> pa.ChunkedArray | None:
    """Some cells of one column, so that never more than one is held; None where it cannot be read."""
    try:
        return _some(read_rows(path, {name: name}, Dialect(), lambda _line: None).table.column(name))
    except InputError:
        return None


def _some(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_nested(kind):
        return None
    at = np.unique(np.linspace(0, max(len(column) - 1, 0), min(len(column), _SOME)).astype(np.int64))
    return column.take(pa.array(at))
