"""From a table as it was read to valid ratings: what is wrong is counted, and the first five rows are shown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, islice
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys.data.ratings import Catalogue, Ratings
from recsys.data.settings import DataSettings
from recsys.errors import InputError, shown

_SHOWN = 5


def validated(
    table: pd.DataFrame,
    settings: DataSettings,
    name: str,
    titles: pd.Series[Any] | None = None,
    lines: Iterable[int] | None = None,
) -> Ratings:
    """Ratings from a table with the columns that `settings.columns` names.

    Args:
        table: The rows in file order.
        settings: Columns, scale, and what a repeated pair means.
        name: The data set's name, for messages.
        titles: Item titles by item id, as number or as text.
        lines: The line of the file that each row begins on, for messages; from 2 on, below a header, by default.

    Raises:
        InputError: The message counts the bad rows and shows the first five with their line numbers.
    """
    columns = settings.columns
    wanted = [columns.user, columns.item, columns.rating, *([columns.timestamp] if columns.timestamp else [])]
    for column in wanted:
        if column not in table.columns:
            there = shown(", ".join(map(repr, table.columns)), 200)
            raise InputError(f"{name}: no column {column!r}; there are {there}")
    if table.empty:
        raise InputError(f"{name}: the table has no rows")
    place = _Place(name, table[wanted], lines or count(2))
    values = _numbers(table[columns.rating])
    place.refuse(table[columns.user].isna() | table[columns.item].isna(), "a missing user or item")
    place.refuse(table[columns.rating].isna(), "a missing rating")
    place.refuse(np.isnan(values), "a rating that is not a number")
    with np.errstate(over="ignore"):
        stored = values.astype(np.float32)
    place.refuse(np.isinf(stored), "an infinite rating")
    scale = settings.scale or (float(values.min()), float(values.max()))
    outside = (values < scale[0]) | (values > scale[1])
    place.refuse(outside, f"a rating outside the scale {scale[0]:g} to {scale[1]:g}")
    times = _times(table, columns.timestamp, place)
    users, user_ids = _coded(table[columns.user], name)
    items, item_ids = _coded(table[columns.item], name)
    repeated = _repeated(users, items, len(item_ids))
    if settings.duplicates == "error":
        place.refuse(repeated, "a user-item pair that came before (data.duplicates = 'last' or 'mean' allows it)")
    catalogue = Catalogue(user_ids, item_ids, _titles(item_ids, titles))
    ratings = Ratings(users, items, stored, times, catalogue, scale, name)
    return _merged(ratings, settings.duplicates) if repeated.any() else ratings


class _Place:
    """Knows the rows, to show the bad ones."""

    def __init__(self, name: str, table: pd.DataFrame, lines: Iterable[int]) -> None:
        self.name, self.table, self.lines = name, table, lines

    def refuse(self, bad: Any, what: str) -> None:
        """Raise where any row is bad."""
        rows = np.flatnonzero(np.asarray(bad))
        if not len(rows):
            return
        first = "; ".join(
            f"line {line}: {', '.join(map(shown, self.table.iloc[row]))}"
            for row, line in enumerate(islice(self.lines, rows[:_SHOWN][-1] + 1))
            if row in rows[:_SHOWN]
        )
        noun = "row has" if len(rows) == 1 else "rows have"
        raise InputError(f"{self.name}: {len(rows)} {noun} {what}: {first}")


def _numbers(ratings: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """Ratings as numbers, nan for what is none; a date is none, though pandas would count its nanoseconds."""
    written = ratings if pd.api.types.is_numeric_dtype(ratings) else ratings.astype(str)
    return pd.to_numeric(written, errors="coerce").to_numpy(np.float64, na_value=np.nan)


def _times(table: pd.DataFrame, column: str | None, place: _Place) -> npt.NDArray[np.int64] | None:
    if column is None:
        return None
    times = table[column]
    if not pd.api.types.is_numeric_dtype(times):
        parsed = pd.to_datetime(times, errors="coerce", utc=True, format="ISO8601")
        place.refuse(parsed.isna(), "a timestamp that cannot be read")
        return parsed.to_numpy("datetime64[s]").astype(np.int64)
    seconds = times.to_numpy(np.float64, na_value=np.nan)
    place.refuse(~(np.abs(seconds) < 2.0**63), "a timestamp that is not a number")
    return times.to_numpy(np.int64)


def _plain(ids: pd.Series[Any]) -> pd.Series[Any]:
    """Ids that were read as text, as whole numbers where every one is written as such a number would be."""
    if not pd.api.types.is_string_dtype(ids):
        return ids
    numbers = pd.to_numeric(ids, errors="coerce")
    if not pd.api.types.is_integer_dtype(numbers) or not (numbers.astype(str) == ids).all():
        return ids
    return numbers


def _coded(ids: pd.Series[Any], name: str) -> tuple[npt.NDArray[np.int32], pd.Index[Any]]:
    try:
        codes, index = pd.factorize(_plain(ids), sort=True)
    except TypeError:
        raise InputError(f"{name}: the ids in column {ids.name!r} are of several types; make them one") from None
    return codes.astype(np.int32), pd.Index(index)


def _pairs(users: npt.NDArray[np.int32], items: npt.NDArray[np.int32], count: int) -> pd.Series[int]:
    return pd.Series(users.astype(np.int64) * count + items)


def _repeated(users: npt.NDArray[np.int32], items: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.bool_]:
    return _pairs(users, items, count).duplicated().to_numpy()


def _merged(ratings: Ratings, how: Literal["error", "last", "mean"]) -> Ratings:
    """One rating a pair, in the place of its last row: that row's value, or the mean of all."""
    pairs = _pairs(ratings.users, ratings.items, ratings.catalogue.items)
    if how == "mean":
        means = pd.Series(ratings.values).groupby(pairs).transform("mean").to_numpy(np.float32)
        ratings = Ratings(**{**vars(ratings), "values": means})
    return ratings.take(~pairs.duplicated(keep="last").to_numpy())


def _titles(item_ids: pd.Index[Any], titles: pd.Series[Any] | None) -> npt.NDArray[np.str_] | None:
    if titles is None:
        return None
    found = titles[~titles.index.duplicated()]
    found = found.set_axis(found.index.astype(str)).reindex(item_ids.astype(str))
    return found.astype(object).fillna("").astype(str).to_numpy(np.str_)
