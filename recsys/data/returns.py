"""Weights below 0, such as returned goods: left out, or taken off what was bought."""

from __future__ import annotations

from recsys.data.numbers import Floats
from recsys.data.ratings import Ratings
from recsys.data.reading.rows import Rows
from recsys.errors import InputError
from recsys.say import Say

HINT = (
    "data.weight_from = 1 leaves out weights below 1; where those below 0 are returns, data.returns = 'subtract' takes "
    "them off what was bought"
)
"""What to do about weights that are not above 0."""


def from_weight(rows: Rows, weights: Floats, least: float, say: Say) -> Rows:
    """The rows with a weight of `least` or more.

    Args:
        rows: Of implicit data.
        weights: One a row, (N,).
        least: As `data.weight_from`.
        say: Hears how many rows are left out.

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
    say(f"{rows.place}: left out {low.sum():,} of {len(rows):,} rows for data.weight_from = {least:g}{below}")
    return rows.keep(~low)


def without_returned(pairs: Ratings, say: Say) -> Ratings:
    """The pairs of which something is left: to be called where the weights of each pair are summed.

    Args:
        pairs: With one row a pair, whose value is the sum of its weights.
        say: Hears how many pairs are left out.

    Raises:
        InputError: Nothing is left of any pair.
    """
    gone = ~(pairs.values > 0)  # the logarithm of what is below 0 is no number
    if not gone.any():
        return pairs
    if gone.all():
        raise InputError(f"{pairs.name}: data.returns = 'subtract': of every pair as much was returned as bought")
    say(
        f"{pairs.name}: left out {gone.sum():,} of {len(pairs):,} pairs, of which as much was returned as bought, for "
        "data.returns = 'subtract'"
    )
    return pairs.take(~gone)
