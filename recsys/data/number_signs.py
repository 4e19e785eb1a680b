"""Which signs numbers are written with: one before the fraction, one between groups of three digits."""

from __future__ import annotations

import re
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from recsys.data.numbers import distinct
from recsys.data.reading.rows import Rows
from recsys.errors import InputError

SeparatorUse = Literal["fraction", "groups", "either"]

_FEW = 3
"""Numbers without the sign from which on they say something about those with it."""
_ENDINGS = 10
"""Different last three digits from which on those are no fractions, beside a few numbers without the sign."""
_MANY_PLAIN = 30
"""Different numbers without the sign beside which a few with it tell."""
_SHARES = {f"{round(1000 * part / whole):03}" for whole in range(2, 13) for part in range(1, whole)} - {"500"}
"""The digits of thirds, sevenths and the like, as means of ratings have them: they tell nothing."""
_HUNDRED = 100
_HEAD = 10_000
"""Cells that are looked at first."""
_MANY = 100_000
"""Different cells that are looked at."""


def texts_of(column: pa.ChunkedArray) -> list[str]:
    """The different cells of a column of text, the first of them, without blanks around; none of another type."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        return []
    _, values = distinct(column)
    return [str(value).strip() for value in values[:_MANY].to_pylist()]


def separator_use(texts: list[str], sign: Literal[",", "."]) -> SeparatorUse | None:
    """What the sign does in these numbers: None where no number has it.

    `3,5`, `0,125` and `1234,5` have it before a fraction. `1,234,567` and `1,234.5` have it between groups. `1,234`
    alone may be either. It is a group beside whole numbers from 100 to 999 without a sign: who writes fractions of
    three digits either writes those of whole numbers too, or leaves out the zeros at the end, as in `1,64`.
    """
    other = "." if sign == "," else ","
    s, o = re.escape(sign), re.escape(other)
    several = re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:({s}\d{{2,3}})*{s}\d{{2,3}}{s}\d{{3}}({o}\d*)?|{s}\d{{3}}{o}\d*)")
    single = re.compile(rf"[+-]?[1-9]\d{{0,2}}{s}\d{{3}}")
    fraction = re.compile(rf"[+-]?(\d*|\d{{1,3}}({o}\d{{2,3}})*{o}\d{{3}}){s}\d*([eE][+-]?\d+)?")
    with_sign = [text for text in texts if sign in text]
    grouped = any(several.fullmatch(text) for text in with_sign)
    open_ = {text for text in with_sign if single.fullmatch(text)}
    split = any(fraction.fullmatch(text) and text not in open_ for text in with_sign)
    if grouped != split:
        return "groups" if grouped else "fraction"
    if not open_ and not grouped:
        return None
    return "groups" if not split and _are_counts(open_, texts) else "either"


def _are_counts(grouped: set[str], texts: list[str]) -> bool:
    """Whether numbers such as `1,234` stand among whole numbers below 1,000, as counts do."""
    plain = [int(text) for text in texts if re.fullmatch(r"\d{1,18}", text)]
    if len(plain) < _FEW or not _HUNDRED <= max(plain) < 10 * _HUNDRED:
        return False
    endings = {text[-3:] for text in grouped} - _SHARES
    least = _FEW if len(plain) >= _MANY_PLAIN else _ENDINGS
    return len(endings) >= least or any(ending.endswith("0") for ending in endings)


def thousands_of(texts: list[str]) -> str | None:
    """The blank or the apostrophe that stands between groups of three digits; None where none does."""
    for sign, letters in ((" ", r"[ \u00a0\u2009\u202f]"), ("'", r"['\u2019]")):
        grouped = re.compile(rf"[+-]?\d{{1,3}}({letters}\d{{3}})+([.,]\d*)?")
        if any(grouped.fullmatch(text) for text in texts):
            return sign
    return None


def question(texts: list[str]) -> str:
    """What to say in `[data]` so that these numbers are read; empty where no sign is the matter."""
    comma, blank = separator_use(texts, ","), thousands_of(texts)
    if comma == "fraction":
        point = separator_use(texts, ".") if any("." in text for text in texts) else None
        groups = ", and data.thousands = '.'" if point == "groups" else ""
        return f"if the comma stands before the fraction, say data.decimal = ','{groups}"
    if comma == "groups":
        return "if the comma stands between groups of three digits, say data.thousands = ','"
    if comma == "either":
        groups = "if the comma stands between groups of three digits, say data.thousands = ','"
        return f"{groups}; if it stands before the fraction, say data.decimal = ','"
    return f'if numbers have groups of three digits, say data.thousands = "{blank}"' if blank else ""


def refuse_doubtful_points(rows: Rows, role: str) -> None:
    """Refuse a column of text in which `1.234` may be more than a thousand.

    Raises:
        InputError: It says what to write for either.
    """
    column = rows.table.column(role)
    if separator_use(texts_of(column[:_HEAD]), ".") == "fraction":
        return  # before all are looked at
    if pa.types.is_string(column.type) and not pc.any(pc.match_substring(column, ".")).as_py():
        return
    texts = texts_of(column)
    if separator_use(texts, ".") in ("groups", "either"):
        first = next(text for text in texts if "." in text)
        groups = "data.decimal = ',' and data.thousands = '.'"
        raise InputError(
            f"{rows.place}: {role} {first} may be {first.replace('.', '')}, or a number with a fraction: if the point "
            f"stands between groups of three digits, say {groups}; if it stands before the fraction, say "
            'data.thousands = ""'
        )
