"""Dates and years: Gaussian bumps around evenly spaced moments, and the year itself."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.sparse import csr_array, hstack

from recsys.arrays import AnyArray, Float64Array
from recsys.data.durations import EPOCH_TIMES
from recsys.data.features.encoders.base import SEEN, ColumnEncoder, Fitting, Notation
from recsys.data.features.encoders.column import SourceColumn, is_text
from recsys.data.features.encoders.sparse import from_entries
from recsys.data.numbers import numbers
from recsys.reporter import Reporter, quiet

_GAPS = 19
"""The number of gaps between 20 knots."""
_REACH = 4
"""The distance in widths from which a bump is 0."""
YEARS = (1000, 3000)
"""The numbers that are years."""
_DAYS = (1000_01_01, 3000_01_01)
"""The numbers that are dates written as 20240131."""
_FORMATS = ("ISO8601", "%d-%b-%Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d %B %Y")


class DateEncoder(ColumnEncoder):
    """Bumps exp(-(t - knot)² / 2w²) around knots at the distance w, and one feature for each year.

    Near dates have similar bumps. A date beyond the first or the last knot counts as that knot. The years tell apart
    what bumps cannot, such as last year's films and those of the year before.
    """

    type: Literal["date"] = "date"
    first: float
    """The first knot, in years."""
    width: float
    """The distance w between knots, in years; 0 if all dates are equal."""
    knots: int
    """K, the number of knots."""
    years: tuple[int, ...] = ()
    """The years of several ids, in ascending order."""
    notation: Notation = Notation()

    @property
    def names(self) -> list[str]:
        """One name for each knot, as `year~1994`, and one for each year, as `year=1994`."""
        knots = [f"{self.column}~{self.first + self.width * at:.7g}" for at in range(self.knots)]
        return [*knots, *(f"{self.column}={year}" for year in self.years)]

    def encode(self, column: SourceColumn, reporter: Reporter = quiet) -> csr_array:  # noqa: ARG002 - of the protocol
        """Return the rows (N, K + years)."""
        years = years_of(column, self.notation)
        rows = np.flatnonzero(~np.isnan(years))
        places = (years[rows] - self.first) / (self.width or 1.0)
        places = np.clip(places, 0, max(self.knots - 1, 0))[:, None]
        near = np.floor(places).astype(np.int64) + np.arange(1 - _REACH, _REACH + 1)  # (N, 8)
        bumps = np.exp(-((places - near) ** 2) / 2)
        there = (near >= 0) & (near < self.knots)
        of_row = np.broadcast_to(rows[:, None], near.shape)
        of_knots = from_entries(of_row[there], near[there], bumps[there], (len(column), self.knots))
        return csr_array(hstack([of_knots, self._of_years(years)], format="csr"))

    def _of_years(self, years: Float64Array) -> csr_array:
        """Return whether each date is of each year (N, years)."""
        listed = np.array(self.years, np.float64)
        of_rows = np.floor(years)
        rows = np.flatnonzero(np.isin(of_rows, listed))
        places = np.searchsorted(listed, of_rows[rows])
        return from_entries(rows, places, np.ones(len(rows)), (len(years), len(listed)))


def fit_dates(column: SourceColumn, how: Fitting) -> DateEncoder:
    """Return the encoder of a column of dates or years.

    It has about 20 knots, at whole years if all dates are years, and the years of at least two ids, if there are
    several such years.

    Raises:
        InputError: Some are no dates.
    """
    years = years_of(column, how.notation)
    known = years[~np.isnan(years)]
    first, last = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    width = (last - first) / _GAPS
    if width and (known == np.floor(known)).all():
        width = max(1.0, round(width))
    whole, counts = np.unique(np.floor(known), return_counts=True)
    several = tuple(whole[counts >= SEEN].astype(int).tolist())
    knots = 1 + int(np.ceil((last - first) / width - 1e-9)) if width else min(len(known), 1)
    return DateEncoder(
        column=column.name,
        known=len(known),
        first=first,
        width=width,
        knots=knots,
        years=several if len(several) > 1 else (),
        notation=how.notation,
    )


def years_of(column: SourceColumn, notation: Notation) -> Float64Array:
    """The dates as years with a fraction (N,), 2024.5 for the middle of 2024; NaN for a missing one.

    Raises:
        InputError: A cell is no date.
    """
    years = dates_as_years(column.single_cells, notation)
    bad = np.isnan(years) & column.single_cells.is_valid().to_numpy()
    form = notation.time_format
    expected = f"years or dates as {form!r}" if form else "years as 1995, or dates as 1995-07-31, or set time_format"
    column.refuse(bad, "not readable as a date", f"expected {expected}")
    return years


def dates_as_years(cells: pa.ChunkedArray, notation: Notation) -> Float64Array:
    """The dates as years with a fraction (N,); NaN for a missing one and for anything that is no date."""
    kind = cells.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _fractional(cells.cast(pa.timestamp("us")).to_numpy())
    if pa.types.is_boolean(kind) or pa.types.is_nested(kind):
        return np.full(len(cells), np.nan)
    values = numbers(cells) if not (is_text(kind) and notation.time_format) else np.full(len(cells), np.nan)
    years = _of_numbers(values)
    if is_text(kind) and np.isnan(values).any():
        years = np.where(np.isnan(values), _of_texts(cells, notation), years)
    return years


def _of_numbers(values: Float64Array) -> Float64Array:
    """Years as they are, 20240131 as a date, and the ticks since 1970 as dates."""
    years = np.where((values >= YEARS[0]) & (values < YEARS[1]), values, np.nan)
    compact = (values >= _DAYS[0]) & (values < _DAYS[1]) & (values == np.floor(values))
    years[compact] = _parsed(pd.Series([f"{value:.0f}" for value in values[compact]], dtype=object), "%Y%m%d")
    for least, most, per_second in EPOCH_TIMES:
        ticks = (values >= least) & (values < most)
        years[ticks] = _fractional((values[ticks] / per_second * 1e6).astype("M8[us]"))
    return years


def _of_texts(cells: pa.ChunkedArray, notation: Notation) -> Float64Array:
    found = np.full(len(cells), np.nan)
    texts = pd.Series(cells.to_pylist(), dtype=object)
    for form in (notation.time_format,) if notation.time_format else _FORMATS:
        left = np.isnan(found) & texts.notna().to_numpy()
        if left.any():
            found[left] = _parsed(texts[left], form)
    return found


def _parsed(texts: pd.Series[Any], form: str) -> Float64Array:
    dates = pd.to_datetime(texts, errors="coerce", utc=True, format=form)
    return _fractional(dates.dt.tz_localize(None).to_numpy().astype("M8[us]"))


def _fractional(dates: AnyArray) -> Float64Array:
    """Moments as years with a fraction."""
    dates = dates.astype("M8[us]")
    years = dates.astype("M8[Y]")
    start, end = years.astype("M8[us]"), (years + 1).astype("M8[us]")
    with np.errstate(invalid="ignore"):
        fractions = (dates - start) / (end - start)
    return np.asarray(np.where(np.isnat(dates), np.nan, years.astype(np.int64) + 1970 + fractions))
