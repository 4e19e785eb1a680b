"""A file looked at: the `[data]` section that reads it, and what was found or guessed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from recsys.data.looking.roles import by_name, untold
from recsys.data.looking.shapes import as_lists, look_at_impressions, look_at_shape
from recsys.data.looking.sources import looked_at
from recsys.data.looking.text import look_at_text
from recsys.data.missing import in_words, standing_out, without
from recsys.data.numbers import distinct, numbers
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.json_records import names_of_json
from recsys.data.reading.parquet_files import names_of_parquet
from recsys.data.reading.rows import Rows
from recsys.data.reading.table import read_rows
from recsys.errors import shown

_WORDS = 3
"""Different words among numbers up to which they may mean that there is none."""
_SOME = 10_000
"""Dates that are looked at."""
_DATES = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%y", "%d/%m/%y", "%Y/%m/%d", "%d-%b-%Y", "%b %d, %Y", "%m %d, %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p")
_WHOLE = ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S.%f UTC", "%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z")
"""Dates with their clocks, as BigQuery, Twitter and mail write them."""


def look(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What `[data]` has to say of a file besides its source, and sentences on what was guessed.

    Raises:
        InputError: It cannot be read, or it is not to be told which columns are of users and items.
    """
    file, form = looked_at(path)
    if shaped := look_at_shape(path):
        return shaped
    if impressions := look_at_impressions(path):
        document, notes = impressions
    elif form.kind == "text":
        document, notes = look_at_text(file, form)
    else:
        names = names_of_parquet(file, form) if form.kind == "parquet" else names_of_json(file, form)
        document, notes = {"columns": by_name(names)}, []
        if not {"user", "item"} <= set(document["columns"]):
            raise untold(shown(path, 200), names)
    said = {key: document[key] for key in ("separator", "encoding", "header", "quote", "escape") if key in document}
    dialect = Dialect(**said)
    rows = read_rows(path, document["columns"], dialect, notes.append, lists=True)
    if as_lists(rows, document, notes):
        if "timestamp" in document["columns"]:
            _of_times(rows.table.column("timestamp"), document, notes)
        return document, notes
    for role in ("user", "item"):
        if rows.table.column(role).null_count:
            _leave_out([""], f"no {role}", document, notes)
    for role in ("rating", "weight", "timestamp"):
        if role in document["columns"]:
            of_column = _of_times if role == "timestamp" else _of_values
            of_column(rows.table.column(role), document, notes)
    _of_ratings(rows, document, notes)
    return document, notes


def _of_ratings(rows: Rows, document: dict[str, Any], notes: list[str]) -> None:
    """Whether there are ratings, and what a pair means that comes again."""
    if "missing" in document:
        document["missing"] = list(dict.fromkeys(document["missing"]))
    decimal, missing = document.get("decimal", "."), tuple(document.get("missing", ()))
    rows = without(rows, missing, decimal, lambda _line: None)
    if "rating" in document["columns"]:
        values = numbers(rows.table.column("rating"), decimal)
        if not (values == values[0]).all():
            (users, _), (items, known) = distinct(rows.table.column("user")), distinct(rows.table.column("item"))
            if len(np.unique(users.astype(np.int64) * len(known) + items)) < len(rows):
                document["duplicates"] = "last"
                notes.append("users rate an item more than once: the last time counts, data.duplicates = 'last'")
            return
        del document["columns"]["rating"]
        notes.append(f"every rating is {values[0]:g}, which says no more than that the row is there")
    document["feedback"] = "implicit"
    notes.append("it has no ratings: every row is something that was done, data.feedback = 'implicit'")


def _of_values(column: pa.ChunkedArray, document: dict[str, Any], notes: list[str]) -> None:
    """What there is to say of ratings or weights: the sign before fractions, and what means that there is none."""
    codes, values = distinct(column)
    found = numbers(pa.chunked_array([values]))
    if np.isnan(found).sum() > np.isnan(with_commas := numbers(pa.chunked_array([values]), ",")).sum():
        found = with_commas
        document["decimal"] = ","
    missing: list[Any] = [""] if (codes < 0).any() else []
    words = [str(values[int(place)].as_py()) for place in np.flatnonzero(np.isnan(found))]
    missing += words if len(words) <= min(_WORDS, len(found) - len(words)) else []
    of_rows = found[codes[codes >= 0]]
    odd = standing_out(of_rows[~np.isnan(of_rows)])
    missing += [int(value) if value.is_integer() else value for value in odd.tolist()]
    _leave_out(missing, "no rating or weight", document, notes)


def _of_times(column: pa.ChunkedArray, document: dict[str, Any], notes: list[str]) -> None:
    """How the dates are written; a column that is not to be read, or that is mostly empty, is left out."""
    name, texts = document["columns"]["timestamp"], column.drop_null()
    if 2 * len(texts) < len(column):
        del document["columns"]["timestamp"]
        notes.append(f"the times in column {name!r} are left out: most of its cells are empty")
        return
    words = {""} if column.null_count else set()
    if pa.types.is_string(column.type):
        good = ~np.isnan(numbers(texts))
        if good.mean() >= 0.5:
            words |= {text.as_py() for text in texts.filter(pa.array(~good))}
        else:
            some = texts.take(pa.array(np.linspace(0, len(texts) - 1, min(len(texts), _SOME)).astype(np.int64)))
            form = _format_of(pd.Series(some.to_pylist(), dtype=object))
            if form is None:
                del document["columns"]["timestamp"]
                notes.append(f"the times in column {name!r} are left out: how they are written is not to be told")
                return
            if form != "ISO8601":
                document["time_format"] = form
    _leave_out(sorted(words), "no time", document, notes)


def _leave_out(missing: Sequence[Any], what: str, document: dict[str, Any], notes: list[str]) -> None:
    """Have rows with one of these values left out."""
    if missing:
        document["missing"] = [*document.get("missing", []), *missing]
        notes.append(f"what is taken to mean that there is {what}: data.missing = {in_words(missing)}")


def _format_of(written: pd.Series[Any]) -> str | None:
    """The one format that all dates are in; None where there is none, or more than one."""
    forms = ["ISO8601", *(date + clock for date in _DATES for clock in _CLOCKS), *_WHOLE]
    fitting = [form for form in forms if _reads(written, form)]
    return fitting[0] if len(fitting) == 1 or "ISO8601" in fitting else None


def _reads(written: pd.Series[Any], form: str) -> bool:
    return not pd.to_datetime(written, errors="coerce", utc=True, format=form).isna().any()
