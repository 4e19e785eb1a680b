"""Ids of one type, int64 or str, whatever type a file has them in."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Int32Array, Int64Array
from recsys.data.numbers import distinct
from recsys.data.rounded_ids import refuse_rounded
from recsys.errors import InputError

WHOLE = r"^(0|-?[1-9][0-9]*)(\.0+)?$"
"""How a number is written that is an id as a number: 007 and +7 are other ids than 7, and 7.0 is 7."""
_EXACT = {16: 2**11, 32: 2**24, 64: 2**53}
"""From here on floating-point numbers of so many bits are not all whole numbers."""


def coded(column: pa.ChunkedArray, place: str, name: object) -> tuple[Int32Array, pd.Index[Any]]:
    """Codes (N,) and the ids in the order in which they first appear.

    The order of the rows alone decides which code an id has, so that no result depends on what ids are called. Ids are
    int64 where every one is a whole number of 64 bits, else str.

    Raises:
        InputError: The column's type is none for ids, or does not tell them apart.
    """
    codes, values = distinct(column)
    places, index = pd.factorize(pd.Index(plain(values, f"{place}: the ids in column {name!r}")))
    return places.astype(np.int32)[codes], pd.Index(index)


def plain(values: pa.Array, subject: str) -> list[int] | list[str] | Int64Array:
    """Ids as int64 or str, in the order of `values`, in which none is missing.

    Args:
        values: The ids, of any type.
        subject: What an error message begins with.

    Raises:
        InputError: Their type is none for ids, or does not tell them apart.
    """
    for fits, convert in _TYPES:
        if fits(values.type):
            found: list[int] | list[str] | Int64Array = convert(values, subject)
            return found
    raise InputError(f"{subject} are of type {values.type}: expected whole numbers or text")


def _of_integers(values: pa.Array, _subject: str) -> list[str] | Int64Array:
    try:
        whole = values.cast(pa.int64())
    except pa.ArrowInvalid:  # beyond 64 bits
        return [str(value) for value in values.to_pylist()]
    return np.asarray(whole, np.int64)


def _of_floats(values: pa.Array, subject: str) -> list[int] | list[str]:
    numbers, exact = values.cast(pa.float64()).to_pylist(), _EXACT[values.type.bit_width]
    if not all(math.isfinite(number) and abs(number) < exact for number in numbers):
        raise InputError(
            f"{subject} are too large to be told apart as {values.type}: store them as whole numbers or text"
        )
    return _of_decimals_list([Decimal(repr(number)) for number in numbers])


def _of_decimals(values: pa.Array, _subject: str) -> list[int] | list[str]:
    return _of_decimals_list(values.to_pylist())


def _of_decimals_list(numbers: list[Decimal]) -> list[int] | list[str]:
    if all(number == number.to_integral_value() and -(2**63) <= number < 2**63 for number in numbers):
        return [int(number) for number in numbers]
    return [_shortest(number) for number in numbers]


def _shortest(number: Decimal) -> str:
    """The number without zeros at its end; with every digit, where `normalize` would round."""
    text = f"{number or Decimal(0):f}"  # no id is -0
    return text.rstrip("0").rstrip(".") if "." in text else text


def _of_bytes(values: pa.Array, subject: str) -> list[int] | list[str]:
    try:
        texts = [value.decode() for value in values.to_pylist()]
    except UnicodeDecodeError:
        raise InputError(f"{subject} are bytes and no text in UTF-8: store them as text or whole numbers") from None
    return _of_text(pa.array(texts, pa.string()), subject)


def _of_text(values: pa.Array, subject: str) -> list[int] | list[str]:
    texts: list[str] = values.to_pylist()
    refuse_rounded(texts, subject)
    if pc.all(pc.match_substring_regex(values, WHOLE)).as_py():
        numbers = [int(text.partition(".")[0]) for text in texts]
        if all(-(2**63) <= number < 2**63 for number in numbers):
            return numbers
    return texts


_TYPES: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array, str], Any]], ...] = (
    (pa.types.is_integer, _of_integers),
    (pa.types.is_floating, _of_floats),
    (pa.types.is_decimal, _of_decimals),
    (lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind), _of_text),
    (lambda kind: pa.types.is_binary(kind) or pa.types.is_large_binary(kind), _of_bytes),
    (pa.types.is_fixed_size_binary, _of_bytes),
)
