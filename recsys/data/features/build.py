"""Build the features of all users or items from a table: infer types, leave columns out, fit and encode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import BoolArray, Float64Array
from recsys.data.features.align import Aligned
from recsys.data.features.encoder import FITS, AnyEncoder, FeatureEncoder, side_by_side
from recsys.data.features.encoders.base import Fitting, Notation
from recsys.data.features.encoders.category import CategoryEncoder
from recsys.data.features.encoders.column import SourceColumn
from recsys.data.features.encoders.number import numbers_of
from recsys.data.features.feature_table import FeatureTable
from recsys.data.features.giveaway import equals_total
from recsys.data.features.infer import LeftOut, infer_type, is_unique, unique_error
from recsys.data.features.settings import ColumnType
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

__all__ = ["Building", "build_features"]

_SHOWN = 10
"""The most columns that a note lists."""


@dataclass(frozen=True)
class Building:
    """What the features are built with."""

    section: str
    """`data.items` or `data.users`."""
    named: bool
    """Whether the user has named the columns."""
    types: Mapping[str, ColumnType]
    """The types of columns that need no inference."""
    notation: Notation
    totals: Mapping[str, Float64Array]
    """The totals of each id's ratings (n,), by a phrase for messages."""
    reporter: Reporter

    def wants(self, column: SourceColumn) -> bool:
        """Whether the user has named a column, or its type."""
        return self.named or column.name in self.types


def build_features(table: Aligned, how: Building) -> FeatureTable:
    """Return the features of all ids, and report what was inferred and what is left out.

    Raises:
        InputError: A value is impossible, a named column says nothing about other ids, or no column remains.
    """
    encoders: list[AnyEncoder] = []
    blocks: list[csr_array] = []
    left: list[str] = []
    for column in table.columns:
        found = _type_of(column, how)
        made = found if isinstance(found, LeftOut) else _encoded(column, found, table.there, how)
        if isinstance(made, LeftOut):
            left.append(f"column {shown(repr(column.name))} is left out: {made.why}")
            continue
        encoders.append(made[0])
        blocks.append(made[1])
    _report(table, encoders, left, how)
    if not encoders:
        why = f"{left[0]}; " if left else ""
        raise InputError(f"{table.place}: no column says anything about other ids: {why}leave [{how.section}] out")
    whole = FeatureEncoder(encoders=tuple(encoders), ids=len(table.there))
    return FeatureTable(side_by_side(blocks, len(table.there)), whole.names, whole.columns, whole)


def _encoded(
    column: SourceColumn, type_: ColumnType, there: BoolArray, how: Building
) -> tuple[AnyEncoder, csr_array] | LeftOut:
    """The encoder of a column, and its rows (n, F); or why it says nothing.

    Raises:
        InputError: The user has named the column or its type, and a value is impossible.
    """
    try:
        encoder = FITS[type_.type](column, Fitting(type_, how.notation, how.reporter))
        rows = encoder.encode(column)
    except InputError as error:
        if how.wants(column):
            raise
        return LeftOut(str(error).removeprefix(column.subject).removeprefix(":").strip())
    why = _says_nothing(rows[there], encoder)
    return (encoder, rows) if why is None else LeftOut(why)


def _type_of(column: SourceColumn, how: Building) -> ColumnType | LeftOut:
    """The type of a column: as given, otherwise as inferred.

    Raises:
        InputError: The user has named a column that says nothing about other ids.
    """
    given = how.types.get(column.name)
    found = infer_type(column, how.notation) if given is None else given
    wanted = how.wants(column)
    if isinstance(found, LeftOut):
        if found.unique and wanted:
            raise unique_error(column, how.section)
        if wanted and column.filled:
            raise column.error("cannot be used", f"{found.why}: expected texts, numbers, dates, or lists of them")
        return found
    if is_unique(column, found):
        if wanted:
            raise unique_error(column, how.section)
        return LeftOut("each row has a different value, as ids have", unique=True)
    phrase = _total(column, found, how)
    if phrase is None:
        return found
    if not wanted:
        return LeftOut(f"it is {phrase} of each id, which contains the ratings of the test part")
    how.reporter(
        f"{column.subject} is {phrase} of each id, which contains the ratings of the test part: it makes models "
        "look better on the test part than they are"
    )
    return found


def _total(column: SourceColumn, type_: ColumnType, how: Building) -> str | None:
    """What the numbers of a column give away of the ratings; None if nothing."""
    if type_.type != "number":
        return None
    try:
        return equals_total(numbers_of(column, how.notation), how.totals)
    except InputError:
        return None  # fitting reports the error


def _says_nothing(rows: csr_array, encoder: AnyEncoder) -> str | None:
    """Why the features of the ids that have a row say nothing; None if they do."""
    if not rows.nnz:
        seen_once = encoder.known and isinstance(encoder, CategoryEncoder) and not encoder.values
        return "each of its values is seen once" if seen_once else "it has one value only"
    columns = rows.tocsc()
    counts = np.diff(columns.indptr)
    spread: BoolArray = (counts > 0) & (counts < rows.shape[0])
    full = np.flatnonzero(counts == rows.shape[0])
    for at in full.tolist():
        values = columns.data[columns.indptr[at] : columns.indptr[at + 1]]
        spread[at] = values.min() != values.max()
    return None if spread.any() else "it has one value only"


def _report(table: Aligned, encoders: Sequence[AnyEncoder], left: Sequence[str], how: Building) -> None:
    """Report the columns with their types, those that are left out, and the missing values."""
    count = int(table.there.sum())
    listed = [f"{shown(repr(each.column))} ({each.type}, {len(each.names):,})" for each in encoders]
    if listed:
        how.reporter(f"{table.place}: features by column, with its type and their number: {_some(listed)}")
    for note in left[:_SHOWN]:
        how.reporter(f"{table.place}: {note}")
    if len(left) > _SHOWN:
        how.reporter(f"{table.place}: {len(left) - _SHOWN:,} more columns are left out")
    missing = [f"{shown(repr(each.column))} ({count - each.known:,})" for each in encoders if each.known < count]
    if missing:
        how.reporter(f"{table.place}: missing values among {count:,} rows: {_some(missing)}")


def _some(parts: Sequence[str]) -> str:
    more = f", and {len(parts) - _SHOWN:,} more" if len(parts) > _SHOWN else ""
    return ", ".join(parts[:_SHOWN]) + more
