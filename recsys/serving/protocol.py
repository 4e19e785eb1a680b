"""MLflow's scoring protocol: from the body of a request to rows, and from answers to JSON.

What MLflow's own server has guessed before a model sees it (types of CSV columns, numbers that a frame has no type for)
is kept as it was sent.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, NoReturn

import pandas as pd

from recsys.errors import InputError, shown
from recsys.serving.answers import Answer
from recsys.serving.rows import Row, rows_of

_FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_OF_JSON = f"expected a JSON object with one of {', '.join(_FORMS)}"


def rows_of_body(body: bytes, content_type: str) -> list[Row]:
    """The rows of a request.

    Args:
        body: Of the request.
        content_type: `application/json`, `text/csv`, or Parquet's.

    Raises:
        InputError: They cannot be read.
    """
    kind, *parameters = [part.strip().lower() for part in content_type.split(";")]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8", "us-ascii"):
            raise InputError(f"charset {shown(value)}: expected UTF-8")
    if kind == "application/vnd.apache.parquet":
        return _of_parquet(body)
    if kind not in ("application/json", "text/csv"):
        raise InputError(f"content type {shown(kind)}: expected application/json, text/csv or Parquet's")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the request is not UTF-8") from None
    return _of_json(text) if kind == "application/json" else _of_csv(text)


def json_of(answers: Sequence[Answer]) -> bytes:
    """The answers as a response's body."""
    return json.dumps({"predictions": answers}, allow_nan=False).encode()


def _of_json(text: str) -> list[Row]:
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"no JSON: {shown(error)}") from None
    if not isinstance(document, dict):
        raise InputError(_OF_JSON)
    given = [form for form in _FORMS if form in document]
    if len(given) != 1:
        raise InputError(f"{_OF_JSON}, not {' and '.join(given) or 'none of them'}")
    (form,) = given
    if form == "dataframe_split":
        return _of_split(document[form])
    if form == "dataframe_records" and not _is_of(document[form], dict):
        raise InputError("dataframe_records: expected a list of objects")
    return rows_of(document[form])


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _of_split(document: Any) -> list[Row]:
    if not isinstance(document, dict) or not {"data", "columns"} <= document.keys() <= {"data", "columns", "index"}:
        raise InputError("dataframe_split: expected an object with columns and data")
    columns, data = document["columns"], document["data"]
    if not _is_of(columns, str) or len(set(columns)) < len(columns):
        raise InputError("dataframe_split: expected names as columns, none of them twice")
    if not _is_of(data, list) or any(len(row) != len(columns) for row in data):
        raise InputError(f"dataframe_split: expected rows of {len(columns)} values as data")
    return rows_of([dict(zip(columns, row, strict=True)) for row in data])


def _of_csv(text: str) -> list[Row]:
    """All as text, so that 007 stays what it is; an empty field is a missing one."""
    try:
        header, *lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line] or [[]]
    except (ValueError, csv.Error) as error:
        raise InputError(f"no CSV with a header and rows: {shown(error)}") from None
    if not header:
        raise InputError("no CSV with a header and rows: it is empty")
    if len(set(header)) < len(header):
        raise InputError("a column stands there twice")
    for number, line in enumerate(lines, start=1):
        if len(line) != len(header):
            raise InputError(f"row {number}: {len(line)} fields, and the header has {len(header)}")
    return rows_of([{n: v for n, v in zip(header, line, strict=True) if v != ""} for line in lines])


def _of_parquet(body: bytes) -> list[Row]:
    try:
        return rows_of(pd.read_parquet(io.BytesIO(body)))
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - Arrow raises its own, one for each way to be damaged
        raise InputError(f"no Parquet table: {shown(error)}") from None


def _is_of(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(isinstance(value, kind) for value in values)
