"""Numbers out of a column of any type: what is none is NaN."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import AnyArray, Float64Array

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_INFINITE = r"^[+-]?[iI]nf(inity)?$"
_TRUTH = {"true": "1", "false": "0"}
_BETWEEN_GROUPS = {",": "[,]", ".": "[.]", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
"""How each sign between groups of digits is written: blanks that do not break, and the apostrophe of print, too."""


def distinct(column: pa.ChunkedArray) -> tuple[AnyArray, pa.Array]:
    """Each row's place (N,) among the distinct values, and those in the order they come; -1 for a missing value."""
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
    """The column's numbers, (N,) in float64; NaN for a missing value and for one that is no number, such as a date.

    Text is a number where it is written as one, with `decimal` before its fraction, and perhaps `thousands` between
    groups of three digits (or of two before the last three, as in India); true is 1, false is 0.
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
