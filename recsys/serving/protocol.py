"""MLflow's scoring protocol: parse a request body into rows, and write answers as JSON.

The parser keeps values as the client sent them. MLflow's own server guesses types before a model sees the values: types
of CSV columns, and of numbers that a frame cannot represent.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import pandas as pd

from recsys.errors import InputError, shown
from recsys.serving.answers import Answer
from recsys.serving.keys import refuse_params, refuse_unknown
from recsys.serving.rows import Row, rows_of

_FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_OF_JSON = f"expected a JSON object with one of {', '.join(_FORMS)}"
_OF_SPLIT = "dataframe_split: expected an object with columns and data"


def rows_of_body(body: bytes, content_type: str, *, allow_unknown: bool = False) -> list[Row]:
    """Return the rows of a request.

    Args:
        body: The body of the request.
        content_type: `application/json`, `text/csv`, or the type of Parquet.
        allow_unknown: Ignore unknown keys instead of raising.

    Raises:
        InputError: The body cannot be parsed, or a key is unknown.
    """
    kind, *parameters = [part.strip().lower() for part in content_type.split(";")]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8", "us-ascii"):
            raise InputError(f"charset {shown(value)}: expected UTF-8")
    if kind == "application/vnd.apache.parquet":
        return _of_parquet(body, allow_unknown=allow_unknown)
    if kind not in ("application/json", "text/csv"):
        raise InputError(f"content type {shown(kind)}: expected application/json, text/csv or Parquet's")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the request is not UTF-8") from None
    rows = _of_json(text, allow_unknown=allow_unknown) if kind == "application/json" else _of_csv(text)
    return rows_of(rows, allow_unknown=allow_unknown)


def json_of(answers: Sequence[Answer]) -> bytes:
    """Return the answers as the body of a response."""
    return json.dumps({"predictions": answers}, allow_nan=False).encode()


def _of_json(text: str, *, allow_unknown: bool) -> Any:
    try:
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InputError(f"no JSON: {shown(error)}") from None
    if not isinstance(document, dict):
        raise InputError(_OF_JSON)
    if not allow_unknown:
        _refuse_beside(document)
    given = [form for form in _FORMS if form in document]
    if len(given) != 1:
        raise InputError(f"{_OF_JSON}, not {' and '.join(given) or 'none of them'}")
    (form,) = given
    if form == "dataframe_split":
        return _of_split(document[form], allow_unknown=allow_unknown)
    if form == "dataframe_records" and not _is_of(document[form], dict):
        raise InputError("dataframe_records: expected a list of objects")
    return document[form]


def _refuse_beside(document: Mapping[str, Any]) -> None:
    """Raise for keys of the document other than the rows."""
    refuse_params(document.get("params"))
    refuse_unknown((name for name in document if name != "params"), _FORMS)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, and raise for a duplicate key, whose first value would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands there twice")
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _of_split(document: Any, *, allow_unknown: bool) -> list[dict[str, Any]]:
    if not isinstance(document, dict):
        raise InputError(_OF_SPLIT)
    if not allow_unknown:
        refuse_unknown(document, ("columns", "data", "index"))
    if not {"data", "columns"} <= document.keys():
        raise InputError(_OF_SPLIT)
    columns, data = document["columns"], document["data"]
    if not _is_of(columns, str) or len(set(columns)) < len(columns):
        raise InputError("dataframe_split: expected names as columns, none of them twice")
    if not _is_of(data, list) or any(len(row) != len(columns) for row in data):
        raise InputError(f"dataframe_split: expected rows of {len(columns)} values as data")
    return [dict(zip(columns, row, strict=True)) for row in data]


def _of_csv(text: str) -> list[dict[str, Any]]:
    """Parse all fields as text, which keeps 007 unchanged; an empty field is a missing value."""
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
    return [{name: value or None for name, value in zip(header, line, strict=True)} for line in lines]


def _of_parquet(body: bytes, *, allow_unknown: bool) -> list[Row]:
    try:
        return rows_of(pd.read_parquet(io.BytesIO(body)), allow_unknown=allow_unknown)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - Arrow raises many types of errors for damaged files
        raise InputError(f"no Parquet table: {shown(error)}") from None


def _is_of(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(isinstance(value, kind) for value in values)
