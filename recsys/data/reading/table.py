"""Read a file, or a folder with the parts of one table, in any format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recsys.data.reading.delimited import read_delimited
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.formats import Format
from recsys.data.reading.json_files import read_json
from recsys.data.reading.parquet_files import read_parquet, refuse_lake_tables
from recsys.data.reading.rows import NoRowsError, Rows, Wanted
from recsys.data.reading.signatures import detect_format, is_folder
from recsys.errors import InputError, NotFoundError, shown
from recsys.reporter import Reporter

_SHOWN = 5
"""The most notes on parts that are reported."""


def read_rows(
    path: Path,
    wanted: Wanted,
    dialect: Dialect,
    reporter: Reporter,
    *,
    lists: bool = False,
    nested: bool = False,
) -> Rows:
    """Read the wanted columns of a table.

    Args:
        path: A file, or a folder with the parts of a table.
        wanted: The column of each role.
        dialect: What is declared about a text.
        reporter: Receives notes on what was detected.
        lists: Whether the cells of items may be lists.
        nested: Whether any cells may be lists or structures, which are returned as they are.

    Raises:
        InputError: The table cannot be read, or lacks a column.
    """

    def read(file: Path, form: Format, tell: Reporter) -> Rows:
        return _read_file(file, form, wanted, dialect, tell, lists=lists, nested=nested)

    if is_folder(path):
        parts = list_parts(path)
        if parts[0][1].kind == "parquet":
            return read(path, Format("parquet"), reporter)
        by_number = any(isinstance(column, int) for column in wanted.values())
        return read_parts(path, parts, read, reporter, by_number=by_number)
    form = detect_format(path)
    if form is None:
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    return read(path, form, reporter)


def _read_file(
    path: Path, form: Format, wanted: Wanted, dialect: Dialect, reporter: Reporter, *, lists: bool, nested: bool
) -> Rows:
    """Read the wanted columns of a file, or of a folder of Parquet files, in a known format."""
    if form.kind == "text":
        return read_delimited(path, form, wanted, dialect, reporter)  # what it holds was looked at as it was read
    if form.kind == "parquet":
        rows = read_parquet(path, form, wanted)
    else:
        rows = read_json(path, form, wanted, dialect.encoding, reporter)
    columns = {role: _checked_column(rows, role, column, lists=lists, nested=nested) for role, column in wanted.items()}
    return replace(rows, table=pa.table(columns))


def _checked_column(rows: Rows, role: str, name: str | int, *, lists: bool, nested: bool) -> pa.ChunkedArray:
    """The column in a type that Arrow can take from and filter, with NaN as null.

    Raises:
        InputError: The cells are lists, structures, or text that is not UTF-8.
    """
    column = rows.table.column(role)
    column = column.cast(_without_views(column.type))
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_nested(kind):
        if nested:
            return column
        is_list = role == "item" and (pa.types.is_list(kind) or pa.types.is_large_list(kind))
        if is_list and lists:
            return column
        hint = "; if they are all items of a user, set data.shape = 'lists'" if is_list else ""
        raise InputError(
            f"{rows.place}: column {name!r} is of type {shown(kind)}: expected numbers, text or dates{hint}"
        )
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raise InputError(f"{rows.place}: column {name!r} has text that is not in UTF-8: store it anew") from None
    return pc.if_else(pc.is_nan(column), None, column) if pa.types.is_floating(kind) and kind == column.type else column


def _without_views(kind: pa.DataType) -> pa.DataType:
    """The type with plain text and bytes in place of Arrow's views, which Arrow can neither take from nor filter."""
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_without_views(kind.value_type)))
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(_without_views(kind.value_type)))
    return {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}.get(kind, kind)


def list_parts(folder: Path) -> list[tuple[Path, Format]]:
    """The files of a folder and its subfolders in name order, without hidden files and job markers.

    Raises:
        InputError: The folder has no files, has files of several formats, or is a table with a transaction log.
    """
    refuse_lake_tables(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))
    files = [path for path in files if path.stat().st_size or path.suffix.lower() == ".parquet"]
    if not files:
        raise InputError(f"{shown(folder, 200)}: no Parquet file is in this folder, and no text or JSON")
    forms = [(path, form) for path in files if (form := detect_format(path)) is not None]
    first, one = forms[0]
    for path, form in forms:
        if form.kind != one.kind:
            raise InputError(
                f"{shown(folder, 200)}: its files are of several kinds: {shown(first.name)} is {one.kind}, "
                f"{shown(path.name)} is {form.kind}: name one file, or a folder of one table's parts"
            )
    return forms


def _is_hidden(path: Path) -> bool:
    return path.suffix == ".crc" or any(part.startswith((".", "_")) for part in path.parts)


def read_parts(
    folder: Path,
    parts: list[tuple[Path, Format]],
    read: Callable[[Path, Format, Reporter], Rows],
    reporter: Reporter,
    *,
    by_number: bool,
) -> Rows:
    """Read all parts, one after another. A part without rows adds none.

    Args:
        folder: The folder of the parts.
        parts: The files.
        read: Reads one of them.
        reporter: Receives notes on the parts.
        by_number: Whether a column is given by its number.

    Raises:
        InputError: No part has rows, or the types of a column are incompatible.
    """
    notes: list[str] = []
    found: list[Rows] = []
    for path, form in parts:
        with suppress(NoRowsError):
            found.append(read(path, form, notes.append))
    if not found:
        raise NoRowsError(shown(folder, 200))
    notes += _differences(found, by_number=by_number)
    for note in notes[:_SHOWN]:
        reporter(note)
    if len(notes) > _SHOWN:
        reporter(f"{shown(folder, 200)}: {len(notes) - _SHOWN:,} more such notes on its parts")
    try:
        table = pa.concat_tables([part.table for part in found], promote_options="permissive")
    except pa.ArrowException as error:
        raise InputError(f"{shown(folder, 200)}: its parts differ in types: {shown(error, 200)}") from None
    return Rows(shown(folder, 200), table, lambda: _lines_of_parts(found), found[0].word, columns=found[0].columns)


def _differences(parts: Sequence[Rows], *, by_number: bool) -> list[str]:
    """Notes on parts whose columns differ from those of the first.

    Raises:
        InputError: The columns differ, and one is given by its number.
    """
    first, notes = parts[0], []
    for part in parts[1:]:
        if list(part.columns) != list(first.columns):
            sentence = f"{part.place}: its columns are {_column_names(part)}"
            sentence += f", those of {first.place} are {_column_names(first)}"
            if by_number:
                raise InputError(f"{sentence}: name the columns in data.columns, not their numbers")
            notes.append(sentence)
    return notes


def _column_names(part: Rows) -> str:
    return shown(", ".join(map(repr, part.columns)), 200)


def _lines_of_parts(parts: Iterable[Rows]) -> Iterator[str]:
    """The line and the part of each row."""
    for part in parts:
        lines = list(part.lines())
        kept = lines if part.positions is None else [lines[at] for at in part.positions.tolist()]
        yield from (f"{line} of {part.place}" for line in kept)
