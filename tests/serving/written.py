"""Writes rows in each form of MLflow's scoring protocol."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from servers import CSV, JSON, PARQUET

Rows = Sequence[dict[str, Any]]
Written = tuple[bytes, str]


def _names(rows: Rows) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _json(form: str, document: Any) -> Written:
    return json.dumps({form: document}).encode(), JSON


def records(rows: Rows) -> Written:
    return _json("dataframe_records", rows)


def split(rows: Rows) -> Written:
    names = _names(rows)
    return _json("dataframe_split", {"columns": names, "data": [[row.get(name) for name in names] for row in rows]})


def instances(rows: Rows) -> Written:
    return _json("instances", rows)


def inputs(rows: Rows) -> Written:
    return _json("inputs", rows)


def columns(rows: Rows) -> Written:
    return _json("inputs", {name: [row.get(name) for row in rows] for name in _names(rows)})


def table(rows: Rows) -> Written:
    buffer, names = io.StringIO(), _names(rows)
    writer = csv.writer(buffer)
    writer.writerow(names)
    for row in rows:
        values = [row.get(name) for name in names]
        writer.writerow(["" if v is None else json.dumps(v) if isinstance(v, list) else v for v in values])
    return buffer.getvalue().encode(), CSV


def parquet(rows: Rows) -> Written:
    buffer = io.BytesIO()
    pd.DataFrame([{name: row.get(name) for name in _names(rows)} for row in rows]).to_parquet(buffer)
    return buffer.getvalue(), PARQUET


FORMS: dict[str, Callable[[Rows], Written]] = {
    "dataframe_records": records,
    "dataframe_split": split,
    "instances": instances,
    "inputs, by rows": inputs,
    "inputs, by columns": columns,
    "text/csv": table,
    "Parquet": parquet,
}
