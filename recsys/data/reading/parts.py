"""A folder of texts or JSON files: the parts of one table, read in the order of their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from recsys.data.reading.formats import Format
from recsys.data.reading.lake_tables import refuse_lake_tables
from recsys.data.reading.rows import NoRowsError, Rows
from recsys.data.reading.sniffing import form_of
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

_SHOWN = 5
"""Remarks on parts that are said, at most."""


def parts_of(folder: Path) -> list[tuple[Path, Format]]:
    """The files of a folder and of those in it, in the order of their names; hidden ones and marks of jobs are none.

    Raises:
        InputError: It holds no file, or files of several kinds; or it is a table of a lakehouse.
    """
    refuse_lake_tables(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))
    files = [path for path in files if path.stat().st_size or path.suffix.lower() == ".parquet"]
    if not files:
        raise InputError(f"{shown(folder, 200)}: no Parquet file is in this folder, and no text or JSON")
    forms = [(path, form) for path in files if (form := form_of(path)) is not None]
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
    """The rows of all parts, one after another; a part without a row adds none.

    Args:
        folder: Where the parts are.
        parts: The files.
        read: Reads one of them.
        reporter: Receives what was found out about the parts.
        by_number: Whether a column is named by its number.

    Raises:
        InputError: No part has a row, or columns are of types that do not go together.
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
        reporter(f"{shown(folder, 200)}: {len(notes) - _SHOWN:,} more such remarks on its parts")
    try:
        table = pa.concat_tables([part.table for part in found], promote_options="permissive")
    except pa.ArrowException as error:
        raise InputError(f"{shown(folder, 200)}: its parts differ in types: {shown(error, 200)}") from None
    return Rows(shown(folder, 200), table, lambda: _places(found), found[0].word, columns=found[0].columns)


def _differences(parts: Sequence[Rows], *, by_number: bool) -> list[str]:
    """Sentences on parts whose columns are not those of the first.

    Raises:
        InputError: They differ, and a column is named by its number.
    """
    first, notes = parts[0], []
    for part in parts[1:]:
        if list(part.columns) != list(first.columns):
            sentence = f"{part.place}: its columns are {_listed(part)}, those of {first.place} are {_listed(first)}"
            if by_number:
                raise InputError(f"{sentence}: name the columns in data.columns, not their numbers")
            notes.append(sentence)
    return notes


def _listed(part: Rows) -> str:
    return shown(", ".join(map(repr, part.columns)), 200)


def _places(parts: Iterable[Rows]) -> Iterator[str]:
    """Where each row stands: its line, and the part."""
    for part in parts:
        lines = list(part.lines())
        kept = lines if part.positions is None else [lines[at] for at in part.positions.tolist()]
        yield from (f"{line} of {part.place}" for line in kept)
