"""Ratings from a file, or from a folder of Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from recsys.data.ratings import Ratings
from recsys.data.reading.delimited import Dialect
from recsys.data.reading.formats import stem_of
from recsys.data.reading.joined import joined
from recsys.data.reading.table import read_rows
from recsys.data.settings import DataSettings
from recsys.data.validation import validated
from recsys.say import Say

NO_FILES: Mapping[str, str] = MappingProxyType({})


def file_ratings(
    path: Path, settings: DataSettings, folder: Path, say: Say, parts: Mapping[str, str] = NO_FILES
) -> Ratings:
    """The ratings of a file; its name without ending is the data set's.

    Args:
        path: The file, or a folder.
        settings: How it reads.
        folder: Where other relative paths start.
        say: Hears of what was found out.
        parts: Files of the same form by the part of a split that they hold; the first file then holds training.

    Raises:
        InputError: The file cannot be read, or its content is wrong.
    """
    dialect = Dialect(settings.separator, settings.encoding, settings.header)
    rows = read_rows(path, settings.roles, dialect, say)
    if parts:
        others = {part: read_rows(folder / file, settings.roles, dialect, say) for part, file in parts.items()}
        rows = joined({"train": rows, **others})
    titles = settings.titles
    if titles is None:
        return validated(rows, settings, stem_of(path), None, say)
    columns = {"item": titles.item, "title": titles.title}
    named = read_rows(folder / titles.path, columns, Dialect(titles.separator, titles.encoding, titles.header), say)
    return validated(rows, settings, stem_of(path), named, say)
