"""Recognise tables without a row per event, a matrix or lists, by their first rows, and refuse undeclared ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

import pyarrow as pa

from recsys.data.reading.delimited import build_text
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.rows import Rows, Wanted
from recsys.data.reading.separators import KNOWN, first_lines
from recsys.data.reading.signatures import detect_format, is_folder, refuse_json, refuse_other_formats
from recsys.data.reading.table import list_parts
from recsys.errors import InputError, shown

Shape = Literal["wide", "lists"]

LISTS = "data.shape = 'lists', data.feedback = 'implicit', data.header = false, data.columns = { user = 1, item = 2 }"
"""The settings that read lines of a user and their items."""
_MANY = 8
"""The fewest columns of a matrix."""
_VALUES = 101
"""The most distinct numbers in a matrix, as from 0 to 10 in tenths."""
_MOST = 0.9
_FEW = 3
_SEPARATORS = ("\t", ",", ";", "|", " ")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_ID = re.compile(r"[A-Za-z]{0,3}-?[0-9]+(-[01])?")
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
_START = 1 << 16
"""Bytes inspected."""
_ROWS = 200
"""Rows inspected."""


def looks_like_matrix(header: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are a matrix: many columns of few distinct numbers or empty cells, after one of users.

    The header has mostly whole numbers as names, or far more names than there are roles.
    """
    if len(rows) < _FEW or len(rows[0]) < _MANY:
        return False
    cells = [cell.strip() for row in rows for cell in row[1:]]
    filled = [cell for cell in cells if cell]
    numeric = [cell for cell in filled if _NUMBER.fullmatch(cell)]
    if not filled or len(numeric) < _MOST * len(filled) or not _are_ratings(numeric, len(rows[0])):
        return False
    if not _are_different([row[0] for row in rows]):
        return False
    return (
        header is None or sum(name.strip().isdecimal() for name in header) > len(header) / 2 or len(header) > 4 * _MANY
    )


def looks_like_bare_matrix(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are a matrix without a column of users: the first column has few numbers too."""
    if len(rows) < _FEW or len(rows[0]) < 2 * _MANY or _are_different([row[0] for row in rows]):
        return False
    cells = [cell.strip() for row in rows for cell in row if cell.strip()]
    return bool(cells) and all(map(_NUMBER.fullmatch, cells)) and _are_ratings(cells, len(rows[0]))


def _are_different(people: Sequence[str]) -> bool:
    return len(set(people)) >= _MOST * len(people)


def _are_ratings(numbers: Sequence[str], width: int) -> bool:
    """Whether numbers may be ratings: few distinct ones, or in many columns all from -100 to 100."""
    if len(set(numbers)) <= _VALUES:
        return True
    return width > 2 * _MANY and all(abs(float(number.replace(",", "."))) <= 100 for number in numbers)


def looks_like_lines_of_lists(content: bytes, separator: str | None) -> bool:
    """Whether the lines of a text are lists: every field is an id, and the lengths differ."""
    rows = [fields for _, fields in split_lines(first_lines(content), separator)]
    widths = {len(row) for row in rows}
    fields = [field.strip() for row in rows for field in row if field.strip()]
    return len(rows) >= _FEW and len(widths) > 1 and max(widths) > _FEW and all(map(_is_id, fields))


def _is_id(field: str) -> bool:
    return len(field) < 64 and not set(field) & set("\"'[](){} ") and any(letter.isdecimal() for letter in field)


def split_lines(content: bytes, separator: str | None) -> list[tuple[int, list[str]]]:
    """The lines that are not blank, each with its number and its fields. The default separator is the most common."""
    if separator is None:
        sample = [line.strip().decode(errors="replace") for line in first_lines(content).splitlines() if line.strip()]
        separator = max(_SEPARATORS, key=lambda each: sum(each in line for line in sample))
    lines = ((number, line.decode(errors="replace")) for number, line in enumerate(content.splitlines(), 1))
    return [
        (number, line.split(separator) if separator.strip(" ") else line.split())
        for number, line in lines
        if line.strip()
    ]


def list_among_cells(cells: Iterable[str | None]) -> str | None:
    """A cell that is a list if nearly all are: bracketed, or three ids and more on average. Otherwise None."""
    there = [cell.strip() for cell in cells if cell and cell.strip()]
    if len(there) < _FEW:
        return None
    bracketed = [cell for cell in there if is_bracketed(cell)]
    if len(bracketed) >= _MOST * len(there) and any(re.search(r"[,\s]", cell.strip("[](){} ")) for cell in bracketed):
        return max(bracketed, key=len)
    split = [re.split(r"\s*[,;| ]\s*", cell) for cell in there]
    if sum(all(map(_ID.fullmatch, each)) for each in split) < _MOST * len(split):
        return None
    lengths = [len(each) for each in split]  # of an ISBN in groups every one has as many
    return max(there, key=len) if sum(lengths) >= _FEW * len(split) and len(set(lengths)) >= _FEW else None


def is_bracketed(cell: str) -> bool:
    """Whether a cell begins and ends like a list."""
    return len(cell) > 1 and _BRACKETS.get(cell[0]) == cell[-1]


def refuse_undeclared_shape(path: Path, wanted: Wanted, dialect: Dialect) -> None:
    """Refuse a text that looks like a matrix or like lists, before it is read.

    Args:
        path: A file, or a folder of parts, of which the first is inspected.
        wanted: The columns of users and items.
        dialect: What is declared about a text.

    Raises:
        InputError: The text looks like one. The message gives the settings that read it.
    """
    start = text_start(path)
    if start is None:
        return
    place = shown(path, 200)
    if looks_like_lines_of_lists(start, dialect.separator):
        raise InputError(
            f"{place}: looks like lines of a user and all their items: set {LISTS}; or data.shape = 'rows'"
        )
    _, header, rows = guess_table(start, dialect)
    names = [wanted["user"], wanted["item"]]
    named = header is not None and all(name in header and not str(name).isdecimal() for name in names)
    if not named and looks_like_bare_matrix(rows):
        raise bare_matrix_error(place)
    if not named and looks_like_matrix(header, rows):
        raise InputError(
            f"{place}: looks like a matrix with a row per user and a column per item: set data.shape = 'wide'"
            f"{_user_column_hint(header)}; or data.shape = 'rows'"
        )
    if header is not None and isinstance(wanted["item"], str) and wanted["item"] not in header:
        columns = zip(header, zip(*rows, strict=True), strict=False)
        for name, cell in ((name, list_among_cells(cells)) for name, cells in columns):
            if cell is not None:
                raise _lists_error(place, name, cell)


def refuse_undeclared_lists(rows: Rows, name: str | int) -> None:
    """Refuse rows whose items look like lists of items.

    Raises:
        InputError: They do. The message shows one and gives the settings that read it.
    """
    cell = example_list(rows)
    if cell is not None:
        raise _lists_error(rows.place, name, cell)


def example_list(rows: Rows) -> str | None:
    """An item that is a list of items, if nearly all are; otherwise None."""
    column = rows.table.column("item")
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return shown(column[0])
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    return list_among_cells(column.slice(0, _ROWS).to_pylist())


def _lists_error(place: str, name: str | int, cell: str) -> InputError:
    return InputError(
        f"{place}: the cells of column {name!r} look like lists, such as {shown(cell)}: set data.shape = 'lists', "
        "data.feedback = 'implicit' and the column as data.columns.item; or data.shape = 'rows' where each is one item"
    )


def bare_matrix_error(place: str) -> InputError:
    """The error of a matrix without a column of users."""
    return InputError(
        f"{place}: looks like a matrix of numbers without a column of users: write their ids before the first column, "
        "and set data.shape = 'wide'; or data.shape = 'rows'"
    )


def _user_column_hint(header: Sequence[str] | None) -> str:
    name = header[0] if header else 1
    return f", data.columns = {{ user = {name if isinstance(name, int) else shown(repr(name))} }}" if name else ""


def text_start(path: Path) -> bytes | None:
    """The first lines of a text in UTF-8; None if the file is not text or cannot be read, which its reader reports."""
    file, form = list_parts(path)[0] if is_folder(path) else (path, detect_format(path))
    if form is None or form.kind != "text":
        return None
    try:
        with pa.input_stream(str(file), compression=form.compression) as stream:
            start = bytes(stream.read(_START))
        refuse_other_formats(start, "")
        refuse_json(start, "")
    except (OSError, ValueError, InputError):
        return None
    if b"\0" in start:
        return None
    return start if len(start) < _START else start[: start.rfind(b"\n") + 1] or start


def guess_table(start: bytes, dialect: Dialect) -> tuple[str, list[str] | None, list[list[str]]]:
    """The separator, the header (None without one) and the first rows; empty if their widths differ."""
    best: tuple[str, list[list[str]]] = ("", [])
    content = start.decode(errors="replace").removeprefix("\ufeff").encode()
    for separator in (dialect.separator,) if dialect.separator else KNOWN:
        try:
            own = Dialect(separator, None, False, dialect.quote, dialect.escape)  # noqa: FBT003 - it has none here
            text, _ = build_text(content, own, "")
            rows = [record.fields for record in islice(text.rows(), _ROWS)]
        except InputError:
            continue
        if rows and len(rows[0]) > 1 and all(len(row) == len(rows[0]) for row in rows):
            best = max(best, (separator, rows), key=lambda each: len(each[1][0]) if each[1] else 0)
    separator, rows = best
    return (separator, rows[0], rows[1:]) if dialect.header and rows else (separator, None, rows)
