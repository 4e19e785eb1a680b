"""Read a table of what is known of ids: its columns by name, and its ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from recsys.data.features.encoders.column import SourceColumn
from recsys.data.features.settings import ColumnType, FeatureSettings
from recsys.data.reading.delimited import open_text
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.json_files import names_of_json, read_json
from recsys.data.reading.parquet_files import names_of_parquet
from recsys.data.reading.rows import Wanted, missing_column_error
from recsys.data.reading.signatures import detect_format, is_folder
from recsys.data.reading.table import list_parts, read_rows
from recsys.errors import NotFoundError, shown
from recsys.reporter import Reporter, quiet

__all__ = ["FeatureSource", "read_source"]


@dataclass(frozen=True, eq=False)
class FeatureSource:
    """A table of what is known of ids, as read: M rows, in any order."""

    place: str
    """Its name in messages."""
    columns: Mapping[str, pa.ChunkedArray]
    """Its columns by name, each (M,)."""
    id: str | None = None
    """The column of ids; None if it is to be found."""
    chosen: bool = False
    """Whether the columns besides the ids are those that the user names."""
    types: Mapping[str, ColumnType] | None = None
    """The types of columns that are known without a look at them."""

    def column(self, name: str) -> SourceColumn:
        """Return a column for messages and encoders."""
        return SourceColumn(self.place, name, self.columns[name])


def read_source(path: Path, settings: FeatureSettings, section: str, reporter: Reporter = quiet) -> FeatureSource:
    """Read the columns that the settings name; all of them if they name none.

    Args:
        path: A file or folder.
        settings: The section.
        section: Its name, as `data.items`.
        reporter: Receives notes on what was detected.

    Raises:
        InputError: The table cannot be read, or lacks a column.
    """
    names, dialect = _names(path, settings, section)
    place = shown(path, 200)
    wanted = list(names)
    own = None if settings.id is None else _named(settings.id, names, place, f"{section}.id names it")
    if settings.features is not None:
        keys = [_named(key, names, place, f"{section}.features names them") for key in settings.features]
        wanted = keys if own is not None else names
        if own in keys:
            raise missing_column_error(place, own, [name for name in names if name != own], f"{own!r} holds the ids")
    for key in settings.types or {}:
        _named(key, names, place, f"{section}.types names them")
    read = list(dict.fromkeys(wanted if own is None else [own, *wanted]))
    roles: Wanted = {f"feature.{name}": name if settings.header else int(name) for name in read}
    rows = read_rows(path, roles, dialect, reporter, nested=True)
    columns = {name: rows.table.column(f"feature.{name}") for name in read}
    return FeatureSource(place, columns, own, settings.features is not None, settings.types)


def _named(key: str | int, names: list[str], place: str, hint: str) -> str:
    """The name of a column that is given by name or by number."""
    if isinstance(key, int):
        if 0 < key <= len(names):
            return names[key - 1]
        raise missing_column_error(place, key, names, hint)
    if key not in names:
        raise missing_column_error(place, key, names, hint)
    return key


def _names(path: Path, settings: FeatureSettings, section: str) -> tuple[list[str], Dialect]:
    """The names of the columns, numbers counted from 1 without a header, and how a text is written."""
    dialect = Dialect(settings.separator, settings.encoding, settings.header, settings.quote, settings.escape, section)
    file, form = list_parts(path)[0] if is_folder(path) else (path, detect_format(path))
    if form is None:
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    if form.kind == "parquet":
        return [str(name) for name in names_of_parquet(path, form)], dialect
    if form.kind == "json":
        first = names_of_json(file, form)
        rows = read_json(file, form, {name: name for name in first[:1]}, settings.encoding, quiet)
        return [str(name) for name in rows.columns or first], dialect
    keys = [key for key in (settings.id, *(settings.features or ())) if key is not None]
    sought: Wanted = {str(key): key for key in keys} if len(keys) > 1 else {"first": 1, "second": 2}
    text = open_text(file, form, sought, dialect, quiet)
    names = text.names if text.names is not None else [str(number) for number in range(1, text.width + 1)]
    return names, replace(dialect, separator=text.separator)
