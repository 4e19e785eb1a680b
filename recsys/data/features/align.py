"""Bring the rows of a table into the order of the ids of the ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import BoolArray, Int64Array
from recsys.data.features.encoders.column import SourceColumn
from recsys.data.features.source import FeatureSource
from recsys.data.ids import encode_ids
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

__all__ = ["Aligned", "Side", "align"]

_MATCHING = 0.5
"""The least share of the ratings' ids that a column of ids has if it is found by its values."""


@dataclass(frozen=True)
class Side:
    """One side of the ratings: `data.items` or `data.users`."""

    key: str
    """`items` or `users`."""
    word: str
    """`item` or `user`."""
    column: str
    """The column of its ids in the ratings."""


@dataclass(frozen=True, eq=False)
class Aligned:
    """The columns of a table with one cell for each of the n ids of the ratings."""

    place: str
    columns: Sequence[SourceColumn]
    """Each (n,), with null for an id that has no row."""
    there: BoolArray
    """Whether each id has a row (n,)."""


def align(source: FeatureSource, ids: pd.Index[Any], side: Side, reporter: Reporter) -> Aligned:
    """Return the columns in the order of the ids.

    Args:
        source: The table.
        ids: The ids of the ratings (n,).
        side: Whether they are items or users.
        reporter: Receives the numbers of ids that only one of the tables has.

    Raises:
        InputError: The column of ids is not found, no id matches, or an id has rows that differ.
    """
    texts = ids.astype(str)
    own = source.id or _id_column(source, texts, side)
    there = source.columns[own].is_valid().to_numpy()
    if not there.all():
        reporter(f"{source.place}: {int((~there).sum()):,} rows have no id in column {own!r}: left out")
    if not there.any():
        raise InputError(f"{source.place}: column {own!r} has no id")
    rows = np.flatnonzero(there)
    codes, listed = encode_ids(source.columns[own].filter(pa.array(there)), source.place, own)
    known = listed.astype(str)
    first = rows[_first_places(codes, len(known))]
    names = [name for name in source.columns if name != own]
    _refuse_differing(source, names, rows, first[codes], known[codes], side)
    places = pd.Index(known).get_indexer(texts)
    found = places >= 0
    if not found.any():
        raise InputError(
            f"{source.place}: no id in column {own!r} is one of the {side.key} of the ratings: the ratings have "
            f"ids such as {shown(repr(ids.tolist()[0]))}, and the column such as {shown(repr(listed.tolist()[0]))}; "
            f"data.{side.key}.id names another column"
        )
    _report(source.place, side, found, len(known), reporter)
    taken = pa.array(np.where(found, first[places], 0), mask=~found)
    return Aligned(source.place, [source.column(name).take(taken) for name in names], np.asarray(found))


def _report(place: str, side: Side, found: BoolArray, rows: int, reporter: Reporter) -> None:
    without, unused = int((~found).sum()), rows - int(found.sum())
    if without:
        reporter(f"{place}: {without:,} of {len(found):,} {side.key} have no row, and therefore no features")
    if unused:
        reporter(f"{place}: {unused:,} of {rows:,} ids are in no rating: left out")


def _first_places(codes: Any, count: int) -> Int64Array:
    """The first row of each code (count,)."""
    first = np.empty(count, np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first


def _refuse_differing(
    source: FeatureSource, names: Sequence[str], rows: Int64Array, first: Int64Array, ids: pd.Index[Any], side: Side
) -> None:
    """Refuse an id whose rows (M,) differ from its first one."""
    again = np.flatnonzero(rows != first)
    if not len(again):
        return
    for name in names:
        column = source.columns[name]
        one, other = column.take(pa.array(first[again])), column.take(pa.array(rows[again]))
        differ = np.flatnonzero(~_equal(one, other))
        if len(differ):
            at = int(differ[0])
            values = " and ".join(shown(repr(each[at].as_py())) for each in (one, other))
            raise InputError(
                f"{source.place}: {side.word} {shown(repr(ids[again[at]]))} has several rows, which differ in column "
                f"{shown(repr(name))}: {values}; keep one row for each {side.word}, or name the columns that "
                f"describe {side.key} as data.{side.key}.features"
            )


def _equal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> BoolArray:
    """Whether two columns are equal, cell by cell; null equals null."""
    if pa.types.is_dictionary(one.type):
        one, other = one.cast(one.type.value_type), other.cast(one.type.value_type)
    if pa.types.is_nested(one.type):
        pairs = zip(one.to_pylist(), other.to_pylist(), strict=True)
        return np.array([repr(a) == repr(b) for a, b in pairs], bool)  # nan equals nan
    equal = pc.equal(one, other)
    both = pc.and_(pc.is_null(one, nan_is_null=True), pc.is_null(other, nan_is_null=True))
    return np.asarray(pc.if_else(both, pa.scalar(value=True), pc.fill_null(equal, pa.scalar(value=False))).to_numpy())


def _id_column(source: FeatureSource, ids: pd.Index[Any], side: Side) -> str:
    """The column of ids: by its name, otherwise the only one with the ids of the ratings.

    Raises:
        InputError: None or several may be.
    """
    for name in (side.column, side.word, "id"):
        if name in source.columns:
            return name
    found = [name for name in source.columns if _has_ids(source, name, ids)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(map(repr, found or source.columns))
    which = "several columns may hold" if found else "no column holds"
    raise InputError(
        f"{source.place}: {which} the ids of {side.key}: data.{side.key}.id names it; there are {shown(names, 200)}"
    )


def _has_ids(source: FeatureSource, name: str, ids: pd.Index[Any]) -> bool:
    """Whether a column has at least half of the ids."""
    if pa.types.is_nested(source.columns[name].type) or pa.types.is_boolean(source.columns[name].type):
        return False
    try:
        _, known = encode_ids(source.columns[name].drop_null(), source.place, name)
    except InputError:
        return False
    return bool(ids.isin(known.astype(str)).mean() >= _MATCHING)
