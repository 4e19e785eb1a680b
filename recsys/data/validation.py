"""Turn rows into valid ratings. Errors count the bad rows and show the first five."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from recsys.arrays import BoolArray, Float64Array
from recsys.data.events import NOT_POSITIVE_HINT, apply_event_weights, drop_low_weights, filter_where, report_returns
from recsys.data.ids import encode_ids, warn_about_ids
from recsys.data.missing import LEAVE_OUT, drop_missing, format_values
from recsys.data.numbers import distinct_texts, numbers, refuse_ambiguous_points, separator_hint
from recsys.data.plausibility import refuse_counts, refuse_sentinels, warn_about_zeros
from recsys.data.ratings import Catalogue, Ratings
from recsys.data.reading.rows import Rows
from recsys.data.repeats import Merging, repeated
from recsys.data.settings import DataSettings
from recsys.data.split_labels import split_labels_of
from recsys.data.times import times_of
from recsys.data.titles import titles_of
from recsys.reporter import Reporter, quiet

_REPEATED_PAIR = "a user-item pair that came before (data.duplicates = 'last' or 'mean' allows it)"


def validate_ratings(
    rows: Rows, settings: DataSettings, name: str, titles: Rows | None = None, reporter: Reporter = quiet
) -> Ratings:
    """Turn rows into ratings.

    Args:
        rows: With a column for each of the settings' roles.
        settings: Columns, scale, codes for missing values, and the meaning of repeated pairs.
        name: The data set's name.
        titles: With the columns `item` and `title`.
        reporter: Receives notes on dropped rows and on items without a title.

    Raises:
        InputError: Some rows are bad. The message counts them and shows the first five with their line numbers.
    """
    rows = drop_missing(
        filter_where(rows, settings.where or {}, reporter),
        settings.missing,
        settings.decimal,
        reporter,
        settings.thousands,
    )
    rows, values, scale = _rated_or_weighted(rows, settings, reporter)
    table = rows.table
    no_id = table.column("user").is_null().to_numpy() | table.column("item").is_null().to_numpy()
    rows.refuse(no_id, "a missing user or item", LEAVE_OUT % '[""]')
    times = times_of(rows, settings) if settings.columns.timestamp is not None else None
    users, user_ids = encode_ids(table.column("user"), rows.place, settings.columns.user)
    items, item_ids = encode_ids(table.column("item"), rows.place, settings.columns.item)
    warn_about_ids(users, user_ids, f"{rows.place}: column {settings.columns.user!r}", reporter)
    warn_about_ids(items, item_ids, f"{rows.place}: column {settings.columns.item!r}", reporter)
    catalogue = Catalogue(user_ids, item_ids, None if titles is None else titles_of(item_ids, titles, reporter))
    split_labels = split_labels_of(rows, settings.columns.split or "split") if "split" in table.column_names else None
    ratings = Ratings(
        users,
        items,
        values.astype(np.float32),
        times,
        catalogue,
        scale,
        name,
        settings.implicit,
        split_labels=split_labels,
    )
    if settings.implicit:
        return merge_events(ratings, settings, reporter)
    if settings.duplicates == "error":
        rows.refuse(repeated(users, items), _REPEATED_PAIR)
        return ratings
    return _one_row_per_pair(ratings, Merging(settings.duplicates))


def merge_events(events: Ratings, settings: DataSettings, reporter: Reporter = quiet) -> Ratings:
    """Turn events into implicit data: sum repeated pairs, subtract returns, and scale the weights.

    Raises:
        InputError: No pair remains.
    """
    pairs = _one_row_per_pair(events, Merging("sum", settings.weight_scale))
    report_returns(pairs, reporter)
    return pairs


def _one_row_per_pair(rows: Ratings, merging: Merging) -> Ratings:
    """The merged rows. The rows before merging are kept if any pair has several."""
    pairs = rows.merged(merging)
    return pairs if len(pairs) < len(rows) else pairs.alone


def _rated_or_weighted(
    rows: Rows, settings: DataSettings, reporter: Reporter
) -> tuple[Rows, Float64Array, tuple[float, float]]:
    """The rows that count, their ratings or weights, (N,), and the bounds of these."""
    if settings.implicit:
        return _weights(rows, settings, reporter)
    return rows, *_ratings(rows, settings, reporter)


def _ratings(rows: Rows, settings: DataSettings, reporter: Reporter) -> tuple[Float64Array, tuple[float, float]]:
    """The ratings and their scale."""
    values = _finite_numbers(rows, "rating", settings)
    low, high = scale = settings.scale or (float(values.min()), float(values.max()))
    rows.refuse((values < low) | (values > high), f"a rating outside the scale {low:g} to {high:g}")
    if settings.scale is None:
        refuse_counts(rows.place, values, settings.columns.rating)
        refuse_sentinels(rows, values)
        warn_about_zeros(values, rows.place, reporter)
    return values, scale


def _weights(rows: Rows, settings: DataSettings, reporter: Reporter) -> tuple[Rows, Float64Array, tuple[float, float]]:
    """The rows that count, their weights (1 each without a column of weights), and the bounds of these."""
    counts = np.ones(len(rows))
    if settings.event_weights is not None:
        rows, counts = apply_event_weights(rows, settings.event_weights, reporter)
    if settings.columns.weight is None:
        return rows, counts, (0.0, float(counts.max()))
    values = _finite_numbers(rows, "weight", settings)
    if settings.weight_from is not None:
        kept = values >= settings.weight_from
        rows, values, counts = (
            drop_low_weights(rows, values, settings.weight_from, reporter),
            values[kept],
            counts[kept],
        )
    if settings.returns == "error":
        rows.refuse(values <= 0, "a weight that is not above 0", NOT_POSITIVE_HINT)
    values = values * counts
    return rows, values, (0.0, float(values.max()))


def _finite_numbers(rows: Rows, role: str, settings: DataSettings) -> Float64Array:
    """The numbers of a column, (N,), each of them finite and unambiguous."""
    column = rows.table.column(role)
    values = numbers(column, settings.decimal, settings.thousands)
    rows.refuse(column.is_null(), f"a missing {role}", LEAVE_OUT % '[""]')
    bad = np.isnan(values)
    if bad.any():
        rows.refuse(bad, f"a {role} that is not a number", _remedy(column, bad, settings))
    if settings.decimal == "." and settings.thousands is None:
        refuse_ambiguous_points(rows, role)
    with np.errstate(over="ignore"):
        rows.refuse(np.isinf(values.astype(np.float32)), f"an infinite {role}")
    return values


def _remedy(column: pa.ChunkedArray, bad: BoolArray, settings: DataSettings) -> str:
    """How to correct cells that are not numbers: the separators that read all of them, or leaving the rows out."""
    for decimal, thousands in ((settings.decimal, ","), (",", "."), (settings.decimal, " "), (settings.decimal, "'")):
        if decimal != thousands and not np.isnan(numbers(column, decimal, thousands)).any():
            return separator_hint(distinct_texts(column))
    return LEAVE_OUT % format_values([str(column[int(bad.argmax())].as_py())]) if bad.mean() < 0.5 else ""
