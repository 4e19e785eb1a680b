"""Which rows are used and what they count: `where`, event weights, and weights below 0."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from recsys.arrays import Float64Array
from recsys.data.missing import format_values, is_one_of
from recsys.data.numbers import distinct
from recsys.data.ratings import Ratings
from recsys.data.reading.rows import Rows
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

_LISTED = 10
"""The most values that a message lists."""
NOT_POSITIVE_HINT = (
    "data.weight_from = 1 leaves out weights below 1; where those below 0 are returns, data.returns = 'subtract' "
    "subtracts them from what was bought"
)
"""How to treat weights that are not above 0."""


def filter_where(rows: Rows, where: Mapping[str, tuple[bool | float | str, ...]], reporter: Reporter) -> Rows:
    """Keep the rows that have one of the values in each of these columns.

    Args:
        rows: With a column `where.NAME` for each.
        where: As `data.where`. Numbers and booleans match in any notation, text matches exactly.
        reporter: Receives the number of dropped rows.

    Raises:
        InputError: No row has one of the values, or none remains.
    """
    kept = np.ones(len(rows), bool)
    for name, values in where.items():
        column = rows.table.column(f"where.{name}")
        for value in values:
            if not is_one_of(column, (value,)).any():
                asked, there = format_values([value])[1:-1], format_counts(value_counts(column))
                raise InputError(f"{rows.place}: data.where: no row has {asked} in column {name!r}; there are {there}")
        kept &= is_one_of(column, values)
    asked = ", ".join(f"{name} = {format_values(values)}" for name, values in where.items())
    if not kept.any():
        raise InputError(f"{rows.place}: no rows remain for data.where = {{ {asked} }}")
    if kept.all():
        return rows
    reporter(f"{rows.place}: kept {kept.sum():,} of {len(rows):,} rows, for data.where = {{ {asked} }}")
    return rows.keep(kept)


def apply_event_weights(rows: Rows, weights: Mapping[str, float], reporter: Reporter) -> tuple[Rows, Float64Array]:
    """Keep the rows whose event type counts. Returns them and the weight of each row's event type, (N,).

    Args:
        rows: With a column `event`.
        weights: The weight of every event type there is, and no other.
        reporter: Receives the number of dropped rows, and their event types.

    Raises:
        InputError: An event type has no weight, or a weight's event type has no row.
    """
    codes, values = distinct(rows.table.column("event"))
    names = [_name(value) for value in values.to_pylist()]
    rows.refuse(codes < 0, "a missing event type", 'data.missing = [""] leaves such rows out')
    there = format_counts(value_counts(rows.table.column("event")))
    unnamed = sorted(set(names) - set(weights))
    if unnamed:
        zero = f"{toml_key(unnamed[0])} = 0"
        raise InputError(
            f"{rows.place}: data.event_weights has no {shown(', '.join(map(repr, unnamed)))}; there are {there}: give "
            f"the weight of each; {zero} leaves such rows out"
        )
    lacking = sorted(set(weights) - set(names))
    if lacking:
        asked = shown(", ".join(map(repr, lacking)))
        raise InputError(f"{rows.place}: data.event_weights: no row is of type {asked}; there are {there}")
    of_rows = np.array([weights[name] for name in names])[codes]
    kept = of_rows > 0
    if kept.all():
        return rows, of_rows
    kinds = ", ".join(repr(name) for name in names if not weights[name])
    reporter(f"{rows.place}: left out {(~kept).sum():,} of {len(rows):,} rows, of types that weigh 0: {shown(kinds)}")
    return rows.keep(kept), of_rows[kept]


def value_counts(column: pa.ChunkedArray) -> dict[str, int]:
    """The number of rows with each value, most frequent first, without empty cells."""
    codes, values = distinct(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    return {_name(values[int(at)].as_py()): int(counts[at]) for at in np.argsort(-counts, kind="stable")}


def format_counts(counts: Mapping[str, int]) -> str:
    """The most frequent values with their counts, for messages."""
    first = [f"{shown(repr(name))} ({count:,})" for name, count in list(counts.items())[:_LISTED]]
    return ", ".join([*first, f"and {len(counts) - _LISTED:,} others"] if len(counts) > _LISTED else first)


def _name(value: object) -> str:
    """A value as a key of a table: whole numbers without a fraction."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def toml_key(name: str) -> str:
    """A key in TOML's notation."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_text(name)


def toml_text(text: str) -> str:
    """A text in TOML's notation."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def drop_low_weights(rows: Rows, weights: Float64Array, least: float, reporter: Reporter) -> Rows:
    """Keep the rows with a weight of at least `least`.

    Args:
        rows: Of implicit data.
        weights: The weight of each row, (N,).
        least: As `data.weight_from`.
        reporter: Receives the number of dropped rows.

    Raises:
        InputError: No row remains.
    """
    low = weights < least
    if low.all():
        highest = float(weights.max())
        raise InputError(f"{rows.place}: data.weight_from = {least:g}: the highest weight is {highest:g}")
    if not low.any():
        return rows
    below = f", {(weights < 0).sum():,} of them below 0" if (weights < 0).any() else ""
    reporter(f"{rows.place}: left out {low.sum():,} of {len(rows):,} rows for data.weight_from = {least:g}{below}")
    return rows.keep(~low)


def report_returns(pairs: Ratings, reporter: Reporter) -> None:
    """Report the number of pairs dropped because as much was returned as bought: see `Ratings.merged`.

    Args:
        pairs: Merged from rows of which some have weights below 0.
        reporter: Receives the note.

    Raises:
        InputError: No pair remains.
    """
    if not len(pairs):
        raise InputError(f"{pairs.name}: data.returns = 'subtract': everything that was bought was returned")
    gone = 0 if pairs.events is None else pairs.events.without_pairs(pairs.catalogue.items)
    if gone:
        reporter(
            f"{pairs.name}: left out {gone:,} of {len(pairs) + gone:,} pairs, whose goods were all returned, "
            "for data.returns = 'subtract'"
        )
