"""Numbers from a column of any type, and the decimal and thousands separators of text."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import AnyArray, Float64Array
from recsys.data.reading.rows import Rows
from recsys.errors import InputError

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_INFINITE = r"^[+-]?[iI]nf(inity)?$"
_TRUTH = {"true": "1", "false": "0"}
_BETWEEN_GROUPS = {",": "[,]", ".": "[.]", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
"""Patterns of each thousands separator, including non-breaking blanks and the typographic apostrophe."""
SeparatorUse = Literal["fraction", "groups", "either"]
_FEW = 3
"""The fewest numbers without the sign that tell anything about those with it."""
_ENDINGS = 10
"""The fewest distinct last three digits that cannot be fractions, next to a few numbers without the sign."""
_MANY_PLAIN = 30
"""The fewest distinct numbers without the sign next to which a few with it decide."""
_SHARES = {f"{round(1000 * part / whole):03}" for whole in range(2, 13) for part in range(1, whole)} - {"500"}
"""The digits of thirds, sevenths and the like, which mean ratings have. They decide nothing."""
_HUNDRED = 100
_HEAD = 10_000
"""Cells that are checked first."""
_MANY = 100_000
"""The most distinct cells that are checked."""


def distinct(column: pa.ChunkedArray) -> tuple[AnyArray, pa.Array]:
    """Each row's index (N,) among the distinct values, and these in order of appearance; -1 for null."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)  # its own may have values that no row has, or one twice
    kind = column.type
    if pa.types.is_string_view(kind) or pa.types.is_null(kind):  # Arrow cannot tell the values of such apart
        column = column.cast(pa.string())
    elif pa.types.is_binary_view(kind):
        column = column.cast(pa.binary())
    elif pa.types.is_float16(kind):
        of_bits, values = distinct(column.cast(pa.float32()))
        return of_bits, values.cast(kind)
    encoded = column.dictionary_encode().unify_dictionaries()
    if not encoded.num_chunks:
        return np.empty(0, np.int32), pa.array([], column.type)
    places = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in encoded.chunks]
    return np.concatenate(places), encoded.chunk(0).dictionary


def numbers(column: pa.ChunkedArray, decimal: str = ".", thousands: str | None = None) -> Float64Array:
    """The column's numbers, (N,) in float64; NaN for null and for anything that is not a number, such as a date.

    Text is a number if it is written as one, with `decimal` before its fraction, and optionally `thousands` between
    groups of three digits (or of two before the last three, as in India). True is 1, false is 0.
    """
    if decimal == "." and pa.types.is_string(column.type):
        with suppress(pa.ArrowInvalid):  # fast, where every one is a number
            return np.asarray(column.cast(pa.float64()).to_numpy())
    codes, values = distinct(column)
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        found = _of_text(values, decimal, thousands)
    elif pa.types.is_boolean(kind):
        found = values.cast(pa.int8()).cast(pa.float64())
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        found = values.cast(pa.float64(), safe=False)
    else:
        found = pa.nulls(len(values), pa.float64())
    of_values: Float64Array = found.to_numpy(zero_copy_only=False)
    return np.asarray(np.append(of_values, np.nan)[codes])  # the last one answers to -1


def _of_text(values: pa.Array, decimal: str, thousands: str | None) -> pa.Array:
    texts = pc.utf8_trim_whitespace(values)
    truths = pc.utf8_lower(texts)
    for word, number in _TRUTH.items():
        texts = pc.if_else(pc.equal(truths, word), number, texts)
    if thousands:
        sign, point = _BETWEEN_GROUPS[thousands], f"[{decimal}]"
        grouped = pc.match_substring_regex(
            texts, f"^[+-]?[0-9]{{1,3}}({sign}[0-9]{{2,3}})*{sign}[0-9]{{3}}({point}[0-9]*)?$"
        )
        texts = pc.if_else(grouped, pc.replace_substring_regex(texts, sign, ""), texts)
    if decimal != ".":
        pointed = pc.match_substring(texts, ".")
        texts = pc.if_else(pointed, None, pc.replace_substring(texts, decimal, "."))
    good = pc.or_(pc.match_substring_regex(texts, _NUMBER), pc.match_substring_regex(texts, _INFINITE))
    return pc.if_else(good, texts, None).cast(pa.float64())


def distinct_texts(column: pa.ChunkedArray) -> list[str]:
    """The first distinct cells of a text column, stripped; empty for another type."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        return []
    _, values = distinct(column)
    return [str(value).strip() for value in values[:_MANY].to_pylist()]


def separator_use(texts: list[str], sign: Literal[",", "."]) -> SeparatorUse | None:
    """What the sign separates in these numbers; None if no number has it.

    `3,5`, `0,125` and `1234,5` have it before a fraction. `1,234,567` and `1,234.5` have it between groups. `1,234`
    alone is ambiguous. Next to whole numbers from 100 to 999 without a sign it is a group: fractions of three digits
    come with whole numbers that have them too, or with shorter ones such as `1,64`.
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
    """Whether numbers such as `1,234` occur among whole numbers below 1,000, as counts do."""
    plain = [int(text) for text in texts if re.fullmatch(r"\d{1,18}", text)]
    if len(plain) < _FEW or not _HUNDRED <= max(plain) < 10 * _HUNDRED:
        return False
    endings = {text[-3:] for text in grouped} - _SHARES
    least = _FEW if len(plain) >= _MANY_PLAIN else _ENDINGS
    return len(endings) >= least or any(ending.endswith("0") for ending in endings)


def thousands_separator(texts: list[str]) -> str | None:
    """The blank or the apostrophe between groups of three digits; None if there is none."""
    for sign, letters in ((" ", r"[ \u00a0\u2009\u202f]"), ("'", r"['\u2019]")):
        grouped = re.compile(rf"[+-]?\d{{1,3}}({letters}\d{{3}})+([.,]\d*)?")
        if any(grouped.fullmatch(text) for text in texts):
            return sign
    return None


def separator_hint(texts: list[str]) -> str:
    """The setting of `[data]` that reads these numbers; empty if no sign is the cause."""
    comma, blank = separator_use(texts, ","), thousands_separator(texts)
    if comma == "fraction":
        point = separator_use(texts, ".") if any("." in text for text in texts) else None
        groups = ", and data.thousands = '.'" if point == "groups" else ""
        return f"if the comma is the decimal separator, set data.decimal = ','{groups}"
    if comma == "groups":
        return "if the comma separates groups of three digits, set data.thousands = ','"
    if comma == "either":
        groups = "if the comma separates groups of three digits, set data.thousands = ','"
        return f"{groups}; if it is the decimal separator, set data.decimal = ','"
    return f'if numbers have groups of three digits, set data.thousands = "{blank}"' if blank else ""


def refuse_ambiguous_points(rows: Rows, role: str) -> None:
    """Refuse a text column in which `1.234` may be more than a thousand.

    Raises:
        InputError: It is ambiguous. The message gives the setting for either meaning.
    """
    column = rows.table.column(role)
    if separator_use(distinct_texts(column[:_HEAD]), ".") == "fraction":
        return  # before all are looked at
    if pa.types.is_string(column.type) and not pc.any(pc.match_substring(column, ".")).as_py():
        return
    texts = distinct_texts(column)
    if separator_use(texts, ".") in ("groups", "either"):
        first = next(text for text in texts if "." in text)
        groups = "data.decimal = ',' and data.thousands = '.'"
        raise InputError(
            f"{rows.place}: {role} {first} may be {first.replace('.', '')}, or a number with a fraction: if the point "
            f"separates groups of three digits, set {groups}; if it is the decimal separator, set "
            'data.thousands = ""'
        )
