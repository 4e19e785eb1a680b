"""Read text with separators: .csv, .tsv, .txt, .dat."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.data.ids import WHOLE
from recsys.data.reading.content import decode, read_bytes
from recsys.data.reading.dialect import Dialect, Quoting, records
from recsys.data.reading.formats import Format
from recsys.data.reading.quote_detection import choose_quoting
from recsys.data.reading.row_checks import account_for_lines, explain_surplus_fields, uneven_rows_error
from recsys.data.reading.rows import NoRowsError, Rows, Wanted, missing_column_error
from recsys.data.reading.separators import KNOWN, detect_separator, take_sep_line, to_single_character
from recsys.data.reading.signatures import refuse_json
from recsys.data.reading.text import Text, UnevenRowsError
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

MULTILINE = ("title", "feature.")
"""The beginnings of the roles whose cells may contain line breaks."""
_MOST_LINES_ABOVE = 20
"""The most rows above a header that are looked through."""


def read_delimited(path: Path, form: Format, wanted: Wanted, dialect: Dialect, reporter: Reporter) -> Rows:
    """Read the wanted columns as text. Empty cells, quoted or not, are null.

    Raises:
        InputError: The file cannot be read, a column is missing, or a row has another number of fields than the
            header.
    """
    return parsed_rows(open_text(path, form, wanted, dialect, reporter), wanted, dialect, reporter)


def parsed_rows(text: Text, wanted: Wanted, dialect: Dialect, reporter: Reporter) -> Rows:
    """Parse the wanted columns of a text, as `read_delimited` returns them.

    Raises:
        InputError: A column is missing, or a row has another number of fields than the header.
    """
    first = next(text.rows(), None)
    if first is None:
        raise NoRowsError(text.place)
    width = len(first.fields)
    names = [str(number) for number in range(1, width + 1)] if text.names is None else text.names
    places = {role: _position(text, column, names) for role, column in wanted.items()}
    try:
        shift, left_out = (0, "") if width == len(names) else explain_surplus_fields(text, width, len(names))
        columns = text.parsed(width, sorted({at + shift for at in places.values()}))
    except UnevenRowsError:
        raise uneven_rows_error(text, len(names)) from None
    if left_out:
        reporter(f"{text.place}: {left_out}")
    table = pa.table({role: columns[at + shift] for role, at in places.items()})
    rows = Rows(text.place, table, text.lines, columns=names)
    account_for_lines(text, len(rows), reporter)
    if dialect.quote is None and text.quoting.quote is None:
        _refuse_stray_quotes(rows)
    if text.names is not None:
        rows = _drop_repeated_headers(rows, [names[at] for at in places.values()], reporter)
    for role, column in zip(places, rows.table.columns, strict=True):
        if not role.startswith(MULTILINE) and text.quoted:
            broken = pc.match_substring_regex(column, "[\r\n]").fill_null(False)  # noqa: FBT003 - an empty cell has none
            rows.refuse(broken, "a line break in a cell", "is a quote not closed?")
    return rows


def _refuse_stray_quotes(rows: Rows) -> None:
    """Refuse literal quotes in a column of ids that are otherwise whole numbers."""
    for role in {"user", "item"} & set(rows.table.column_names):
        column = rows.table.column(role)
        stray = pc.match_substring(column, '"').fill_null(False)  # noqa: FBT003 - an empty cell has none
        bare = column.filter(pc.invert(stray)).drop_null()
        if pc.any(stray).as_py() and len(bare) and pc.all(pc.match_substring_regex(bare, WHOLE)).as_py():
            rows.refuse(
                stray, f"a quote in the {role}'s id, where the others have whole numbers", "is a quote not closed?"
            )


def _drop_repeated_headers(rows: Rows, header: list[str], reporter: Reporter) -> Rows:
    """Drop rows that repeat the header, as in concatenated files."""
    again = np.ones(len(rows), bool)
    for column, name in zip(rows.table.columns, header, strict=True):
        again &= pc.equal(column, name).fill_null(False).to_numpy()  # noqa: FBT003 - an empty cell is no name
        if not again.any():
            return rows
    reporter(f"{rows.place}: left out {again.sum():,} of {len(rows):,} rows, which repeat the header")
    return rows.keep(~again)


def open_text(path: Path, form: Format, wanted: Wanted, dialect: Dialect, reporter: Reporter) -> Text:
    """Read a text and detect what its dialect leaves open.

    Args:
        path: The file.
        form: Its format.
        wanted: The wanted columns, by which the separator is detected.
        dialect: What is declared.
        reporter: Receives notes on what was detected.

    Raises:
        InputError: The file cannot be read.
    """
    place = shown(path, 200)
    content, encoding = decode(read_bytes(path, form.compression), dialect.encoding, place)
    refuse_json(content, place)
    if encoding != (dialect.encoding or "utf-8"):
        reporter(f"{place}: read as {encoding}, which its byte-order mark declares")
    content, declared = take_sep_line(content)
    separator = (
        dialect.separator or declared or detect_separator(content, wanted, form.separator, place, dialect.quotings)
    )
    if separator != (dialect.separator or form.separator):
        reporter(f"{place}: read with data.separator = {separator!r}, which separates its columns")
    text, note = build_text(content, replace(dialect, separator=separator), place)
    if note:
        reporter(note)
    return text


def build_text(content: bytes, dialect: Dialect, place: str) -> tuple[Text, str]:
    """Build a text with a known separator. Returns a note on its quotes, or an empty string.

    Raises:
        InputError: No quoting fits.
    """
    separator = dialect.separator or ","

    def build(quoting: Quoting) -> Text:
        own, delimiter = to_single_character(content, separator, place, quoting)
        own = _keep_null_marks(own, delimiter) if quoting.escape == "\\" else own
        header = next(records(own, delimiter, quoting), None) if dialect.header else None
        names, start = (None, 0) if header is None else (header.fields, header.end)
        return Text(place, own, delimiter, separator, names, start, quoting)

    return choose_quoting(build, dialect)


def _keep_null_marks(content: bytes, delimiter: str) -> bytes:
    r"""Keep cells of `\N`, the null of MySQL and Hive, as they are where backslashes escape."""
    if b"\\N" not in content:
        return content
    other = b"[^\r\n" + re.escape(delimiter.encode()) + b"]"
    return re.sub(b"(?<!" + other + rb")\\N(?!" + other + b")", rb"\\\\N", content)


def _position(text: Text, column: str | int, names: list[str]) -> int:
    """The position of a column, counted from 0."""
    if isinstance(column, int):
        if column <= len(names):
            return column - 1
        raise missing_column_error(text.place, column, names)
    if names.count(column) == 1:
        return names.index(column)
    if column in names:
        raise InputError(f"{text.place}: several columns are called {column!r}: name it by its number, counted from 1")
    raise missing_column_error(text.place, column, names, _column_hint(text, column, names))


def _column_hint(text: Text, column: str, names: list[str]) -> str:
    """What may be wrong with a header that lacks this column."""
    if text.names is None:
        return ""
    for record in islice(text.rows(), _MOST_LINES_ABOVE):
        if any(column in text.written(record.fields).split(separator) for separator in KNOWN):
            return f"line {record.line} seems to be the header: delete the lines above it"
    if any(name.replace(".", "", 1).isdecimal() for name in names):
        return (
            "if the first line is a row and not a header, set data.header = false and give columns by number: "
            "columns.user = 1"
        )
    return ""
