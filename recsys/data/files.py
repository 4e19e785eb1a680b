"""Ratings from a CSV, TSV or Parquet file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.data.validation import validated
from recsys.errors import InputError, NotFoundError, shown

_SEPARATORS = {".csv": ",", ".tsv": "\t"}


def file_ratings(path: Path, settings: DataSettings, folder: Path) -> Ratings:
    """The ratings of a file; its name without ending is the data set's.

    Raises:
        InputError: The file cannot be read, or its content is wrong.
    """
    table = read_table(path, ids=(settings.columns.user, settings.columns.item))
    titles: pd.Series[Any] | None = None
    if settings.titles is not None:
        other = read_table(folder / settings.titles.path, ids=(settings.titles.item,))
        for column in (settings.titles.item, settings.titles.title):
            if column not in other.columns:
                there = shown(", ".join(map(repr, other.columns)), 200)
                raise InputError(f"{settings.titles.path}: no column {column!r}; there are {there}")
        titles = other[settings.titles.title].set_axis(other[settings.titles.item])
    return validated(table, settings, path.stem, titles, _lines(path))


def read_table(path: Path, ids: Sequence[str] = ()) -> pd.DataFrame:
    """A CSV, TSV or Parquet file as a table; columns of ids are left as they are written, so that 007 stays 007."""
    try:
        if not path.is_file():
            raise NotFoundError(f"{shown(path, 200)}: no such file")
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        # an id that looks like a word for "missing" is still an id
        return pd.read_csv(
            path,
            sep=_SEPARATORS[path.suffix],
            keep_default_na=False,
            na_values=[""],
            dtype=dict.fromkeys(ids, str),
        )
    except KeyError:
        raise InputError(f"{path}: expected a file that ends in .csv, .tsv or .parquet") from None
    except pd.errors.EmptyDataError:
        raise InputError(f"{path}: the table has no rows") from None
    except (OSError, ValueError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{shown(path, 200)}: cannot be read: {shown(why, 200)}") from None


def _lines(path: Path) -> Iterator[int]:
    """The line that each row begins on, where blank lines are no rows and a quoted cell may hold several.

    A Parquet file has no lines: its rows are counted from 1.
    """
    if path.suffix == ".parquet":
        yield from count(1)
    line, header = 1, True
    with path.open(newline="", encoding="utf-8") as file, suppress(csv.Error):  # of what pandas alone can read
        rows = csv.reader(file, delimiter=_SEPARATORS[path.suffix])
        for row in rows:
            if len(row) > 1 or "".join(row).strip():
                if not header:
                    yield line
                header = False
            line = rows.line_num + 1
