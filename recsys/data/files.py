"""Ratings from a file, or from a folder of the parts of one table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from recsys.data.ratings import Ratings
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.formats import stem_of
from recsys.data.reading.joined import joined
from recsys.data.reading.lists import read_lists
from recsys.data.reading.other_shapes import refuse_lists, refuse_other_shapes
from recsys.data.reading.rows import Rows, Wanted
from recsys.data.reading.table import read_rows
from recsys.data.reading.wide import read_wide
from recsys.data.settings import DataSettings, TitleSettings
from recsys.data.validation import validated
from recsys.reporter import Reporter

NO_FILES: Mapping[str, str] = MappingProxyType({})


def file_ratings(
    path: Path, settings: DataSettings, folder: Path, reporter: Reporter, parts: Mapping[str, str] = NO_FILES
) -> Ratings:
    """The ratings of a file; its name without ending is the data set's.

    Args:
        path: The file, or a folder.
        settings: How it reads.
        folder: Where other relative paths start.
        reporter: Hears of what was found out.
        parts: Files of the same form by the part of a split that they hold; the first file then holds training.

    Raises:
        InputError: The file cannot be read, or its content is wrong.
    """
    dialect = _dialect(settings, "data")
    rows = _read(path, settings, dialect, reporter)
    if parts:
        others = {part: _read(folder / file, settings, dialect, reporter) for part, file in parts.items()}
        rows = joined({"train": rows, **others})
    if settings.shape == "wide" and settings.implicit:  # the cells are the weights
        columns = settings.columns.model_copy(update={"weight": "its cells"})
        settings = settings.model_copy(update={"columns": columns})
    titles = settings.titles
    if titles is None:
        return validated(rows, settings, stem_of(path), None, reporter)
    wanted: Wanted = {"item": titles.item, "title": titles.title}
    named = read_rows(folder / titles.path, wanted, _dialect(titles, "data.titles"), reporter)
    return validated(rows, settings, stem_of(path), named, reporter)


def _read(path: Path, settings: DataSettings, dialect: Dialect, reporter: Reporter) -> Rows:
    """The rows of a table of any shape."""
    if settings.shape == "wide":
        return read_wide(path, settings.roles, "weight" if settings.implicit else "rating", dialect, reporter)
    if settings.shape == "lists":
        return read_lists(path, settings.roles, dialect, reporter)
    if settings.shape is None:
        refuse_other_shapes(path, settings.roles, dialect)
    rows = read_rows(path, settings.roles, dialect, reporter)
    if settings.shape is None:
        refuse_lists(rows, settings.columns.item)
    return rows


def _dialect(said: DataSettings | TitleSettings, key: str) -> Dialect:
    return Dialect(said.separator, said.encoding, said.header, said.quote, said.escape, key)
