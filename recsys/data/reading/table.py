"""The rows of a file, or of a folder of parts, whatever its format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recsys.data.reading.content import is_folder
from recsys.data.reading.delimited import read_delimited
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.formats import Format
from recsys.data.reading.json_records import read_json
from recsys.data.reading.parquet_files import read_parquet
from recsys.data.reading.parts import parts_of, read_parts
from recsys.data.reading.rows import Rows, Wanted
from recsys.data.reading.sniffing import form_of
from recsys.errors import InputError, NotFoundError, shown
from recsys.say import Say


def read_rows(path: Path, wanted: Wanted, dialect: Dialect, say: Say) -> Rows:
    """The wanted columns of a table.

    Args:
        path: A file, or a folder of the parts of a table.
        wanted: The column of each role.
        dialect: What is said of a text.
        say: Hears of what was found out about the file.

    Raises:
        InputError: It cannot be read, or has no such columns.
    """
    if is_folder(path):
        parts = parts_of(path)
        if parts[0][1].kind == "parquet":
            return read_file(path, Format("parquet"), wanted, dialect, say)
        by_number = any(isinstance(column, int) for column in wanted.values())

        def read(part: Path, form: Format, tell: Say) -> Rows:
            return read_file(part, form, wanted, dialect, tell)

        return read_parts(path, parts, read, say, by_number=by_number)
    form = form_of(path)
    if form is None:
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    return read_file(path, form, wanted, dialect, say)


def read_file(path: Path, form: Format, wanted: Wanted, dialect: Dialect, say: Say) -> Rows:
    """The wanted columns of a file, or of a folder of Parquet files, laid out in a known form.

    Raises:
        InputError: It cannot be read, or has no such columns.
    """
    if form.kind == "text":
        return read_delimited(path, form, wanted, dialect, say)  # what it holds was looked at as it was read
    if form.kind == "parquet":
        rows = read_parquet(path, form, wanted)
    else:
        rows = read_json(path, form, wanted, dialect.encoding, say)
    columns = {role: _checked(rows, role, column) for role, column in wanted.items()}
    return replace(rows, table=pa.table(columns))


def _checked(rows: Rows, role: str, name: str | int) -> pa.ChunkedArray:
    """The column, in which what is no number is missing, as in a text.

    Raises:
        InputError: Its cells are lists or structures, or no text in UTF-8 where they should be.
    """
    column = rows.table.column(role)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_nested(kind):
        raise InputError(f"{rows.place}: column {name!r} is of type {shown(kind)}: expected numbers, text or dates")
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raise InputError(f"{rows.place}: column {name!r} has text that is not in UTF-8: store it anew") from None
    return pc.if_else(pc.is_nan(column), None, column) if pa.types.is_floating(kind) and kind == column.type else column
