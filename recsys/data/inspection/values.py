"""Ratings or weights looked at: how they are written, what means that there is none, and whether they are counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from recsys.arrays import Float64Array
from recsys.data.counts import are_counts
from recsys.data.inspection.findings import Findings
from recsys.data.missing import standing_out
from recsys.data.number_signs import separator_use, texts_of, thousands_of
from recsys.data.numbers import distinct, numbers
from recsys.errors import InputError

_WORDS = 3
"""Different words among numbers up to which they may mean that there is none."""


def inspect_values(column: pa.ChunkedArray, role: str, found: Findings) -> None:
    """What there is to say of ratings or weights.

    Args:
        column: All of them.
        role: `rating` or `weight`; ratings that turn out to be counts become weights.
        found: What is said of the file.

    Raises:
        InputError: What the signs within their numbers mean is not to be told.
    """
    data = found.data
    _signs(texts_of(column), found)
    codes, values = distinct(column)
    of_values = numbers(pa.chunked_array([values]), data.get("decimal", "."), data.get("thousands"))
    missing: list[Any] = [""] if (codes < 0).any() else []
    words = [str(values[int(place)].as_py()) for place in np.flatnonzero(np.isnan(of_values))]
    missing += words if len(words) <= min(_WORDS, len(of_values) - len(words)) else []
    of_rows = of_values[codes[codes >= 0]]
    good = of_rows[~np.isnan(of_rows)]
    if role == "rating" and are_counts(good[good >= 0]):
        role = "weight"
        _make_weights(found)
    if role == "rating":
        missing += [int(value) if value.is_integer() else value for value in standing_out(good).tolist()]
    found.leave_out(missing, "no rating or weight")
    if role == "weight":
        _weights(good, found)


def _signs(texts: list[str], found: Findings) -> None:
    """Which signs stand before the fractions and between the groups of three digits."""
    comma, point = separator_use(texts, ","), separator_use(texts, ".")
    if "either" in (comma, point):
        sign = "," if comma == "either" else "."
        other = "." if sign == "," else ","
        example = next(text for text in texts if sign in text)
        groups = f"data.thousands = {sign!r}{f' and data.decimal = {other!r}' if sign == '.' else ''}"
        fraction = "data.decimal = ','" if sign == "," else 'data.thousands = ""'
        raise InputError(
            f"{found.place}: {example} may be {example.replace(sign, '')}, or a number with a fraction: say it "
            f"by hand, in an experiment file: {groups} if {sign!r} stands between groups of three digits, {fraction} "
            f"if it stands before the fraction; data.columns = {found.in_words_of_columns()}"
        )
    if comma == "fraction" or point == "groups":
        found.data["decimal"] = ","
        found.notes.append("the comma stands before the fraction of its numbers: data.decimal = ','")
    thousands = "," if comma == "groups" else "." if point == "groups" else thousands_of(texts)
    if thousands:
        found.data["thousands"] = thousands
        found.notes.append(f'its numbers have groups of three digits: data.thousands = "{thousands}"')


def _make_weights(found: Findings) -> None:
    """Have what was taken for ratings be weights."""
    columns = found.data["columns"]
    columns["weight"] = columns.pop("rating")
    found.why["weight"] = f"{found.why.pop('rating')}: counts, and no ratings"


def _weights(values: Float64Array, found: Findings) -> None:
    """Weights below 0, and on which scale they count."""
    below, zeros = int((values < 0).sum()), int((values == 0).sum())
    above = values[values > 0]
    if not len(above):
        return
    if below or zeros:
        least = min(1.0, float(above.min()))
        found.data["weight_from"] = int(least) if least.is_integer() else least
        what = f"{below:,} of {len(values):,} weights are below 0" if below else f"{zeros:,} weights are 0"
        hint = "; if they are returns, data.returns = 'subtract' takes them off what was bought" if below else ""
        found.notes.append(f"{what}: data.weight_from = {least:g} leaves such rows out{hint}")
        if below:
            found.comments.append("returns = 'subtract'  # in place of weight_from, takes off what was returned")
    if are_counts(above):
        found.data["weight_scale"] = "log"
        spread = f"go from {above.min():,g} to {above.max():,g}, half of them {np.median(above):,g} or less"
        found.notes.append(f"the weights {spread}: they count by their logarithm, data.weight_scale = 'log'")
