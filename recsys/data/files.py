"""Ratings from a file, or from a folder of the parts of one table."""

from __future__ import annotations

from pathlib import Path

from recsys.data.ratings import Ratings
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.formats import stem_of
from recsys.data.reading.table import read_rows
from recsys.data.settings import DataSettings, TitleSettings
from recsys.data.validation import validated
from recsys.say import Say


def file_ratings(path: Path, settings: DataSettings, folder: Path, say: Say) -> Ratings:
    """The ratings of a file; its name without ending is the data set's.

    Raises:
        InputError: The file cannot be read, or its content is wrong.
    """
    dialect = _dialect(settings, "data")
    rows = read_rows(path, settings.roles, dialect, say)
    titles = settings.titles
    if titles is None:
        return validated(rows, settings, stem_of(path), None, say)
    columns = {"item": titles.item, "title": titles.title}
    named = read_rows(folder / titles.path, columns, _dialect(titles, "data.titles"), say)
    return validated(rows, settings, stem_of(path), named, say)


def _dialect(said: DataSettings | TitleSettings, key: str) -> Dialect:
    return Dialect(said.separator, said.encoding, said.header, said.quote, said.escape, key)
