"""Weights below 0, such as returned goods: left out, or taken off what was bought."""

from __future__ import annotations

from recsys.arrays import Float64Array
from recsys.data.ratings import Ratings
from recsys.data.reading.rows import Rows
from recsys.errors import InputError
from recsys.reporter import Reporter

HINT = (
    "data.weight_from = 1 leaves out weights below 1; where those below 0 are returns, data.returns = 'subtract' takes "
    "them off what was bought"
)
"""What to do about weights that are not above 0."""


def from_weight(rows: Rows, weights: Float64Array, least: float, reporter: Reporter) -> Rows:
    """The rows with a weight of `least` or more.

    Args:
        rows: Of implicit data.
        weights: One a row, (N,).
        least: As `data.weight_from`.
        reporter: Hears how many rows are left out.

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


def say_returned(pairs: Ratings, reporter: Reporter) -> None:
    """Say how many pairs were left out because as much was returned as bought: see `Ratings.merged`.

    Args:
        pairs: Merged from rows of which some have weights below 0.
        reporter: Hears of it.

    Raises:
        InputError: Nothing is left of any pair.
    """
    if not len(pairs):
        raise InputError(f"{pairs.name}: data.returns = 'subtract': of every pair as much was returned as bought")
    gone = 0 if pairs.events is None else pairs.events.without_pairs(pairs.catalogue.items)
    if gone:
        reporter(
            f"{pairs.name}: left out {gone:,} of {len(pairs) + gone:,} pairs, of which as much was returned as bought, "
            "for data.returns = 'subtract'"
        )
