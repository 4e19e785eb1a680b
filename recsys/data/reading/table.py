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
from recsys.reporter import Reporter


def read_rows(path: Path, wanted: Wanted, dialect: Dialect, reporter: Reporter, *, lists: bool = False) -> Rows:
    """The wanted columns of a table.

    Args:
        path: A file, or a folder of the parts of a table.
        wanted: The column of each role.
        dialect: What is said of a text.
        reporter: Hears of what was found out about the file.
        lists: Whether the cells of items may be lists.

    Raises:
        InputError: It cannot be read, or has no such columns.
    """

    def read(file: Path, form: Format, tell: Reporter) -> Rows:
        return _read_file(file, form, wanted, dialect, tell, lists=lists)

    if is_folder(path):
        parts = parts_of(path)
        if parts[0][1].kind == "parquet":
            return read(path, Format("parquet"), reporter)
        by_number = any(isinstance(column, int) for column in wanted.values())
        return read_parts(path, parts, read, reporter, by_number=by_number)
    form = form_of(path)
    if form is None:
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    return read(path, form, reporter)


def _read_file(path: Path, form: Format, wanted: Wanted, dialect: Dialect, reporter: Reporter, *, lists: bool) -> Rows:
    """The wanted columns of a file, or of a folder of Parquet files, laid out in a known form."""
    if form.kind == "text":
        return read_delimited(path, form, wanted, dialect, reporter)  # what it holds was looked at as it was read
    if form.kind == "parquet":
        rows = read_parquet(path, form, wanted)
    else:
        rows = read_json(path, form, wanted, dialect.encoding, reporter)
    columns = {role: _checked(rows, role, column, lists=lists) for role, column in wanted.items()}
    return replace(rows, table=pa.table(columns))


def _checked(rows: Rows, role: str, name: str | int, *, lists: bool) -> pa.ChunkedArray:
    """The column, in a type whose rows Arrow can take and filter, and in which what is no number is missing.

    Raises:
        InputError: Its cells are lists or structures, or no text in UTF-8 where they should be.
    """
    column = rows.table.column(role)
    column = column.cast(_without_views(column.type))
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_nested(kind):
        is_list = role == "item" and (pa.types.is_list(kind) or pa.types.is_large_list(kind))
        if is_list and lists:
            return column
        hint = "; where they are all items of a person say data.shape = 'lists'" if is_list else ""
        raise InputError(
            f"{rows.place}: column {name!r} is of type {shown(kind)}: expected numbers, text or dates{hint}"
        )
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raise InputError(f"{rows.place}: column {name!r} has text that is not in UTF-8: store it anew") from None
    return pc.if_else(pc.is_nan(column), None, column) if pa.types.is_floating(kind) and kind == column.type else column


def _without_views(kind: pa.DataType) -> pa.DataType:
    """The type with plain texts and bytes in place of Arrow's views of them, which it can neither take nor filter."""
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_without_views(kind.value_type)))
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(_without_views(kind.value_type)))
    return {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}.get(kind, kind)
