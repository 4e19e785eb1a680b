"""Inspect a file: the `[data]` section that reads it, and what was detected or guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from recsys.data.events import format_counts, toml_key, toml_text, value_counts
from recsys.data.inspection.column import Column, stored_columns
from recsys.data.inspection.findings import Findings
from recsys.data.inspection.roles import Roles, roles_by_content, roles_by_name, unassigned_error
from recsys.data.inspection.shapes import declare_lists, inspect_impressions, inspect_shape
from recsys.data.inspection.text import inspect_text
from recsys.data.inspection.values import format_of, inspect_values
from recsys.data.missing import drop_missing
from recsys.data.numbers import distinct, numbers
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.formats import Format
from recsys.data.reading.rows import Rows
from recsys.data.reading.signatures import detect_format, is_folder
from recsys.data.reading.table import list_parts, read_rows
from recsys.errors import InputError, NotFoundError, shown

_MOST_WEIGHT = 10
"""The highest proposed weight of the rarest event type, relative to the most frequent."""


def inspect_file(path: Path) -> Findings:
    """Return the keys of `[data]` for a file besides its source, with notes on what was detected and guessed.

    Raises:
        InputError: The file cannot be read, or its columns of users and items cannot be determined.
    """
    place = shown(path, 200)
    file, form = file_and_format(path)
    if shaped := inspect_shape(path):
        return _findings_of_shape(place, *shaped)
    if impressions := inspect_impressions(path):
        found, roles, columns = _findings_of_shape(place, *impressions), Roles(), list[Column]()
    else:
        columns, found, roles = _inspect_columns(file, form, place)
    data = found.data
    declared = {key: data[key] for key in ("separator", "encoding", "header", "quote", "escape") if key in data}
    wanted = {**data["columns"], **({"event": roles.events.key} if roles.events else {})}
    rows = read_rows(path, wanted, Dialect(**declared), found.notes.append, lists=True)
    if not declare_lists(rows, data, found.notes):
        _inspect_rows(rows, roles, found)
    elif "timestamp" in data["columns"]:
        _inspect_times(rows, found)
    used = data["columns"].values()
    found.left = [column.key for column in columns if column.key not in used]
    return found


def _findings_of_shape(place: str, data: dict[str, Any], notes: list[str]) -> Findings:
    """The findings for a file whose shape determines its columns."""
    return Findings(place, data, dict.fromkeys(data["columns"], "by the shape of the file"), notes)


def _inspect_rows(rows: Rows, roles: Roles, found: Findings) -> None:
    """Inspect a table with one row per rating or event."""
    data = found.data
    for role in ("user", "item"):
        if rows.table.column(role).null_count:
            found.leave_out([""], f"no {role}")
    for role in ("rating", "weight"):
        if role in data["columns"]:
            inspect_values(rows.table.column(role), role, found)
            break
    if "timestamp" in data["columns"]:
        _inspect_times(rows, found)
    _inspect_pairs(rows, found)
    if data.get("feedback") == "implicit" and roles.events is not None:
        _inspect_events(rows.table.column("event"), roles.events, found)
    found.split = roles.split.key if roles.split else None


def _inspect_columns(path: Path, form: Format, place: str) -> tuple[list[Column], Findings, Roles]:
    """The columns and their roles.

    Raises:
        InputError: The columns of users and items cannot be determined.
    """
    if form.kind == "text":
        text = inspect_text(path, form)
        columns, data, notes, header = text.columns, text.data, text.notes, text.header
    else:
        columns, data, notes, header = stored_columns(path, form), {}, [], True
    roles = roles_by_name(columns) if header else roles_by_content(columns)
    keys = {role: column.key for role, column in roles.columns.items()}
    if not {"user", "item"} <= set(keys):
        if header:
            raise unassigned_error(place, [column.name for column in columns])
        raise InputError(
            f"{place}: has no header, and no two columns that may be of users and items: if it has, set in an "
            "experiment file, data.header = false and data.columns = { user = 1, item = 2 }"
        )
    order = ("user", "item", "rating", "weight", "timestamp", "time_of_day")
    data["columns"] = {role: keys[role] for role in order if role in keys}
    if not header:
        listed = ", ".join(f"{number} of {role}s" for role, number in data["columns"].items())
        notes.append(f"it has no header; the roles of its columns are guessed by their content: {listed}")
    return columns, Findings(place, data, dict(roles.why), [*notes, *roles.notes]), roles


def _inspect_pairs(rows: Rows, found: Findings) -> None:
    """Detect whether there are ratings, and what a repeated pair means."""
    data = found.data
    if "rating" in data["columns"]:
        decimal, thousands = data.get("decimal", "."), data.get("thousands")
        rows = drop_missing(rows, tuple(data.get("missing", ())), decimal, lambda _line: None, thousands)
        values = numbers(rows.table.column("rating"), decimal, thousands)
        if not (values == values[0]).all():
            (users, _), (items, known) = distinct(rows.table.column("user")), distinct(rows.table.column("item"))
            if len(np.unique(users.astype(np.int64) * len(known) + items)) < len(rows):
                data["duplicates"] = "last"
                found.notes.append("users rate an item more than once: the last time counts, data.duplicates = 'last'")
            return
        del data["columns"]["rating"]
        found.notes.append(f"every rating is {values[0]:g}, which only says that the row exists")
    data["feedback"] = "implicit"
    found.notes.append("it has no ratings: every row is an action, data.feedback = 'implicit'")


def _inspect_times(rows: Rows, found: Findings) -> None:
    """Detect how dates are written. A column that cannot be read or is mostly empty is left out."""
    columns, column = found.data["columns"], rows.table.column("timestamp")
    name, texts = columns["timestamp"], column.drop_null()
    if 2 * len(texts) < len(column):
        _leave_out_times(found, f"the times in column {name!r} are left out: most of its cells are empty")
        return
    words = {""} if column.null_count else set()
    if "time_of_day" in columns and rows.table.column("time_of_day").null_count:
        words.add("")
    if pa.types.is_large_string(column.type):
        texts = texts.cast(pa.string())
    if pa.types.is_string(texts.type) or pa.types.is_integer(texts.type):
        form = format_of(texts)
        good = ~np.isnan(numbers(texts))
        if good.mean() >= 0.5 and form is None:
            words |= {text.as_py() for text in texts.filter(pa.array(~good))}
        elif form is None:
            why = "their format cannot be determined"
            how = f"add timestamp = {name!r} to data.columns and set data.time_format = '%d/%m/%Y' or the like"
            _leave_out_times(found, f"the times in column {name!r} are left out: {why}: {how}")
            return
        elif form != "ISO8601":
            found.data["time_format"] = form
    found.leave_out(sorted(words), "no time")


def _leave_out_times(found: Findings, note: str) -> None:
    for role in ("timestamp", "time_of_day"):
        found.data["columns"].pop(role, None)
    found.notes.append(note)


def _inspect_events(column: pa.ChunkedArray, events: Column, found: Findings) -> None:
    """Report the event types, and how to filter or weight them."""
    counts = value_counts(column)
    if len(counts) < 2:
        return
    most = max(counts.values())
    weights = ", ".join(f"{toml_key(kind)} = {min(_MOST_WEIGHT, round(most / many))}" for kind, many in counts.items())
    where, rarest = toml_key(str(events.key)), toml_text(list(counts)[-1])
    found.notes.append(
        f"there are {len(counts)} event types in column {events.key!r}, which all count the same: "
        f"{format_counts(counts)}; data.where keeps some types, data.event_weights weights them, as the comments show"
    )
    column_key = events.key if isinstance(events.key, int) else toml_text(events.key)
    found.comments += [
        f"where = {{ {where} = [{rarest}] }}  # keeps rows of this type",
        f"event_weights = {{ {weights} }}  # weights the types; with event = {column_key} in columns",
    ]


def file_and_format(path: Path) -> tuple[Path, Format]:
    """The file itself; for a folder its first part, or the whole folder if its parts are Parquet files.

    Raises:
        InputError: The file or folder does not exist or cannot be read.
    """
    if is_folder(path):
        first, form = list_parts(path)[0]
        return (path, Format("parquet")) if form.kind == "parquet" else (first, form)
    known = detect_format(path)
    if known is None:
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    return path, known
