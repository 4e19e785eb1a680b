"""From rows as they were read to valid ratings: what is wrong is counted, and the first five rows are shown."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from recsys.arrays import BoolArray, Float64Array
from recsys.data.counts import ask_about_counts
from recsys.data.doubts import doubt_ids, doubt_zeros
from recsys.data.events import kept_where, weighed
from recsys.data.ids import coded
from recsys.data.marks import marks_of
from recsys.data.missing import LEAVE_OUT, ask_about_sentinels, in_words, without
from recsys.data.number_signs import question, refuse_doubtful_points, texts_of
from recsys.data.numbers import numbers
from recsys.data.ratings import Catalogue, Ratings
from recsys.data.reading.rows import Rows
from recsys.data.repeats import Merging, repeated
from recsys.data.returns import HINT, from_weight, say_returned
from recsys.data.settings import DataSettings
from recsys.data.times import times_of
from recsys.data.titles import titles_of
from recsys.reporter import Reporter, quiet

_AGAIN = "a user-item pair that came before (data.duplicates = 'last' or 'mean' allows it)"


def validated(
    rows: Rows, settings: DataSettings, name: str, titles: Rows | None = None, reporter: Reporter = quiet
) -> Ratings:
    """Ratings from rows.

    Args:
        rows: With a column for each of the settings' roles.
        settings: Columns, scale, what means that there is no rating, and what a repeated pair means.
        name: The data set's name.
        titles: With the columns `item` and `title`.
        reporter: Hears of rows left out, and of items without a title.

    Raises:
        InputError: The message counts the bad rows and shows the first five with their line numbers.
    """
    rows = without(
        kept_where(rows, settings.where or {}, reporter),
        settings.missing,
        settings.decimal,
        reporter,
        settings.thousands,
    )
    rows, values, scale = _valued(rows, settings, reporter)
    table = rows.table
    no_id = table.column("user").is_null().to_numpy() | table.column("item").is_null().to_numpy()
    rows.refuse(no_id, "a missing user or item", LEAVE_OUT % '[""]')
    times = times_of(rows, settings) if settings.columns.timestamp is not None else None
    users, user_ids = coded(table.column("user"), rows.place, settings.columns.user)
    items, item_ids = coded(table.column("item"), rows.place, settings.columns.item)
    doubt_ids(users, user_ids, f"{rows.place}: column {settings.columns.user!r}", reporter)
    doubt_ids(items, item_ids, f"{rows.place}: column {settings.columns.item!r}", reporter)
    catalogue = Catalogue(user_ids, item_ids, None if titles is None else titles_of(item_ids, titles, reporter))
    marks = marks_of(rows, settings.columns.split or "split") if "split" in table.column_names else None
    ratings = Ratings(
        users, items, values.astype(np.float32), times, catalogue, scale, name, settings.implicit, marks=marks
    )
    if settings.implicit:
        return weighted(ratings, settings, reporter)
    if settings.duplicates == "error":
        rows.refuse(repeated(users, items), _AGAIN)
        return ratings
    return _one_a_pair(ratings, Merging(settings.duplicates))


def weighted(events: Ratings, settings: DataSettings, reporter: Reporter = quiet) -> Ratings:
    """Implicit data from events: repeated pairs summed, what was returned taken off, and weights on their scale.

    Raises:
        InputError: Nothing is left of any pair.
    """
    pairs = _one_a_pair(events, Merging("sum", settings.weight_scale))
    say_returned(pairs, reporter)
    return pairs


def _one_a_pair(rows: Ratings, merging: Merging) -> Ratings:
    """The rows merged; they stay beside their pairs where any pair has several."""
    pairs = rows.merged(merging)
    return pairs if len(pairs) < len(rows) else pairs.alone


def _valued(rows: Rows, settings: DataSettings, reporter: Reporter) -> tuple[Rows, Float64Array, tuple[float, float]]:
    """The rows that count, their ratings or weights, (N,), and the bounds of these."""
    if settings.implicit:
        return _weights(rows, settings, reporter)
    return rows, *_ratings(rows, settings, reporter)


def _ratings(rows: Rows, settings: DataSettings, reporter: Reporter) -> tuple[Float64Array, tuple[float, float]]:
    """The ratings and their scale."""
    values = _finite(rows, "rating", settings)
    low, high = scale = settings.scale or (float(values.min()), float(values.max()))
    rows.refuse((values < low) | (values > high), f"a rating outside the scale {low:g} to {high:g}")
    if settings.scale is None:
        ask_about_counts(rows.place, values, settings.columns.rating)
        ask_about_sentinels(rows, values)
        doubt_zeros(values, rows.place, reporter)
    return values, scale


def _weights(rows: Rows, settings: DataSettings, reporter: Reporter) -> tuple[Rows, Float64Array, tuple[float, float]]:
    """The rows that count, their weights, 1 each without a column of them, and the bounds of these."""
    counts = np.ones(len(rows))
    if settings.event_weights is not None:
        rows, counts = weighed(rows, settings.event_weights, reporter)
    if settings.columns.weight is None:
        return rows, counts, (0.0, float(counts.max()))
    values = _finite(rows, "weight", settings)
    if settings.weight_from is not None:
        kept = values >= settings.weight_from
        rows, values, counts = from_weight(rows, values, settings.weight_from, reporter), values[kept], counts[kept]
    if settings.returns == "error":
        rows.refuse(values <= 0, "a weight that is not above 0", HINT)
    values = values * counts
    return rows, values, (0.0, float(values.max()))


def _finite(rows: Rows, role: str, settings: DataSettings) -> Float64Array:
    """The numbers of a column, (N,), each of which is one without doubt."""
    column = rows.table.column(role)
    values = numbers(column, settings.decimal, settings.thousands)
    rows.refuse(column.is_null(), f"a missing {role}", LEAVE_OUT % '[""]')
    bad = np.isnan(values)
    if bad.any():
        rows.refuse(bad, f"a {role} that is not a number", _remedy(column, bad, settings))
    if settings.decimal == "." and settings.thousands is None:
        refuse_doubtful_points(rows, role)
    with np.errstate(over="ignore"):
        rows.refuse(np.isinf(values.astype(np.float32)), f"an infinite {role}")
    return values


def _remedy(column: pa.ChunkedArray, bad: BoolArray, settings: DataSettings) -> str:
    """What to do about cells that are no numbers: how these are written, where all are then read; or leave them out."""
    for decimal, thousands in ((settings.decimal, ","), (",", "."), (settings.decimal, " "), (settings.decimal, "'")):
        if decimal != thousands and not np.isnan(numbers(column, decimal, thousands)).any():
            return question(texts_of(column))
    return LEAVE_OUT % in_words([str(column[int(bad.argmax())].as_py())]) if bad.mean() < 0.5 else ""
