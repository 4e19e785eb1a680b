"""Ratings from a CSV, TSV or Parquet file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.data.validation import plain_ids, validated
from recsys.errors import InputError, NotFoundError

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
                raise InputError(f"{settings.titles.path}: no column {column!r}; there are {', '.join(other.columns)}")
        named = plain_ids(other[settings.titles.item])
        titles = other[settings.titles.title].set_axis(named)
    return validated(table, settings, path.stem, titles)


def read_table(path: Path, ids: Sequence[str] = ()) -> pd.DataFrame:
    """A CSV, TSV or Parquet file as a table; columns of ids are left as they are written, so that 007 stays 007."""
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    try:
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
        raise InputError(f"{path}: cannot be read: {(str(error).splitlines() or [type(error).__name__])[0]}") from None
