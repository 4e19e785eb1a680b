"""Tables of which nobody says that they are a matrix, or lists: refused by name, with the line that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from recsys.data.reading.content import is_folder
from recsys.data.reading.delimited import text_of
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.disguises import refuse_json, refuse_other
from recsys.data.reading.parts import parts_of
from recsys.data.reading.rows import Rows, Wanted
from recsys.data.reading.separators import KNOWN
from recsys.data.reading.shapes import LISTS, look_like_lists, looks_bare, looks_ragged, looks_wide
from recsys.data.reading.sniffing import form_of
from recsys.errors import InputError, shown

_START = 1 << 16
"""Bytes that are looked at."""
_ROWS = 200
"""Rows that are looked at."""


def refuse_other_shapes(path: Path, wanted: Wanted, dialect: Dialect) -> None:
    """Refuse a text that looks like a matrix, or like lists, before it is read.

    Args:
        path: A file, or a folder of parts, of which the first is looked at.
        wanted: The columns of users and items.
        dialect: What is said of a text.

    Raises:
        InputError: It says what the table looks like, and the line to write.
    """
    start = start_of(path)
    if start is None:
        return
    place = shown(path, 200)
    if looks_ragged(start, dialect.separator):
        raise InputError(
            f"{place}: looks like lines of a person and all their items: say {LISTS}; or data.shape = 'rows'"
        )
    _, header, rows = table_of(start, dialect)
    names = [wanted["user"], wanted["item"]]
    named = header is not None and all(name in header and not str(name).isdecimal() for name in names)
    if not named and looks_bare(rows):
        raise bare_matrix(place)
    if not named and looks_wide(header, rows):
        raise InputError(
            f"{place}: looks like a matrix, with a row a person and a column an item: say data.shape = 'wide'"
            f"{_of_user(header)}; or data.shape = 'rows'"
        )
    if header is not None and isinstance(wanted["item"], str) and wanted["item"] not in header:
        columns = zip(header, zip(*rows, strict=True), strict=False)
        for name, cell in ((name, look_like_lists(cells)) for name, cells in columns):
            if cell is not None:
                raise _lists_error(place, name, cell)


def refuse_lists(rows: Rows, name: str | int) -> None:
    """Refuse rows whose items look like lists of items.

    Raises:
        InputError: It shows one, and says the line to write.
    """
    cell = list_among(rows)
    if cell is not None:
        raise _lists_error(rows.place, name, cell)


def list_among(rows: Rows) -> str | None:
    """An item that is a list of items, where nearly all are; else None."""
    column = rows.table.column("item")
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return shown(column[0])
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    return look_like_lists(column.slice(0, _ROWS).to_pylist())


def _lists_error(place: str, name: str | int, cell: str) -> InputError:
    return InputError(
        f"{place}: the cells of column {name!r} look like lists, such as {shown(cell)}: say data.shape = 'lists', "
        "data.feedback = 'implicit' and the column as data.columns.item; or data.shape = 'rows' where each is one item"
    )


def bare_matrix(place: str) -> InputError:
    """The error of a matrix that does not say whose its rows are."""
    return InputError(
        f"{place}: looks like a matrix of numbers without a column of people: write their ids before the first column, "
        "and say data.shape = 'wide'; or data.shape = 'rows'"
    )


def _of_user(header: Sequence[str] | None) -> str:
    name = header[0] if header else 1
    return f", data.columns = {{ user = {name if isinstance(name, int) else shown(repr(name))} }}" if name else ""


def start_of(path: Path) -> bytes | None:
    """The first lines of a text in UTF-8; None where it is none, or cannot be read, which its reader says."""
    file, form = parts_of(path)[0] if is_folder(path) else (path, form_of(path))
    if form is None or form.kind != "text":
        return None
    try:
        with pa.input_stream(str(file), compression=form.compression) as stream:
            start = bytes(stream.read(_START))
        refuse_other(start, "")
        refuse_json(start, "")
    except (OSError, ValueError, InputError):
        return None
    if b"\0" in start:
        return None
    return start if len(start) < _START else start[: start.rfind(b"\n") + 1] or start


def table_of(start: bytes, dialect: Dialect) -> tuple[str, list[str] | None, list[list[str]]]:
    """The separator, the header, None where there is none, and the first rows; nothing where these differ in width."""
    best: tuple[str, list[list[str]]] = ("", [])
    content = start.decode(errors="replace").removeprefix("\ufeff").encode()
    for separator in (dialect.separator,) if dialect.separator else KNOWN:
        try:
            own = Dialect(separator, None, False, dialect.quote, dialect.escape)  # noqa: FBT003 - it has none here
            text, _ = text_of(content, own, "")
            rows = [record.fields for record in islice(text.rows(), _ROWS)]
        except InputError:
            continue
        if rows and len(rows[0]) > 1 and all(len(row) == len(rows[0]) for row in rows):
            best = max(best, (separator, rows), key=lambda each: len(each[1][0]) if each[1] else 0)
    separator, rows = best
    return (separator, rows[0], rows[1:]) if dialect.header and rows else (separator, None, rows)


def _cells(header: list[str] | None, rows: list[list[str]], column: str | int) -> list[str]:
    """The cells of a column; none where it is not there."""
    at = column - 1 if isinstance(column, int) else header.index(column) if header and column in header else -1
    return [row[at] for row in rows if 0 <= at < len(row)]
