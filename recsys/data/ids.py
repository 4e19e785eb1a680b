"""Ids of one type, int64 or str, from a column of any type."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Int32Array, Int64Array
from recsys.data.numbers import distinct
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

WHOLE = r"^(0|-?[1-9][0-9]*)(\.0+)?$"
"""The notation of a number that is an integer id. 007 and +7 are other ids than 7, and 7.0 is 7."""
_EXACT = {16: 2**11, 32: 2**24, 64: 2**53}
"""The bound from which floating-point numbers of so many bits cannot represent all whole numbers."""
_NONE = {"nan", "na", "n/a", "<na>", "null", "none", "nil", "\\n", "-", "?"}
"""Words in lower case that may mean that an id is missing."""
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
"""Characters of no width."""
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}")
_POINTED = re.compile(r"[+-]?[0-9][.,][0-9]+[eE]\+[0-9]{2,3}")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_DIGITS = 15
"""Digits that a spreadsheet keeps. Later ones become zeros."""
_LONG = 17
"""The length of a number from which zeros after the fifteenth digit are not accidental, if several ids have them."""
_SEVERAL = 5


def encode_ids(column: pa.ChunkedArray, place: str, name: object) -> tuple[Int32Array, pd.Index[Any]]:
    """Return codes (N,) and the ids in the order of their first appearance.

    The code of an id depends only on the order of the rows, so that no result depends on the names of ids. Ids are
    int64 if every one is a whole number of 64 bits, otherwise str.

    Raises:
        InputError: The column's type cannot hold ids, or cannot represent them exactly.
    """
    codes, values = distinct(column)
    places, index = pd.factorize(pd.Index(to_ids(values, f"{place}: the ids in column {name!r}")))
    return places.astype(np.int32)[codes], pd.Index(index)


def to_ids(values: pa.Array, subject: str) -> list[int] | list[str] | Int64Array:
    """Return ids as int64 or str, in the order of `values`, of which none is null.

    Args:
        values: The ids, of any type.
        subject: The beginning of an error message.

    Raises:
        InputError: Their type cannot hold ids, or cannot represent them exactly.
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
            f"{subject} are too large to be distinguished as {values.type}: store them as whole numbers or text"
        )
    return _of_decimals_list([Decimal(repr(number)) for number in numbers])


def _of_decimals(values: pa.Array, _subject: str) -> list[int] | list[str]:
    return _of_decimals_list(values.to_pylist())


def _of_decimals_list(numbers: list[Decimal]) -> list[int] | list[str]:
    if all(number == number.to_integral_value() and -(2**63) <= number < 2**63 for number in numbers):
        return [int(number) for number in numbers]
    return [_shortest(number) for number in numbers]


def _shortest(number: Decimal) -> str:
    """The number without trailing zeros but with every other digit, which `normalize` would round."""
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
    refuse_rounded_ids(texts, subject)
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


def warn_about_ids(codes: Int32Array, ids: pd.Index[Any], subject: str, reporter: Reporter) -> None:
    """Report ids that differ by white space or Unicode form only, and a word among whole numbers.

    Args:
        codes: The index of each row's id, (N,).
        ids: int64 or str, each once.
        subject: The file and the column, for the note.
        reporter: Receives the notes.
    """
    if ids.dtype.kind in "iu":
        return
    stripped = ids.str.normalize("NFC").str.strip().str.strip(_UNSEEN)
    other = np.asarray(stripped != ids)
    has_counterpart = other.copy()
    has_counterpart[other] = stripped[other].isin(ids)
    if has_counterpart.any():
        one = shown(f"{ids[has_counterpart][0]!r} from {stripped[has_counterpart][0]!r}")
        how = "only by blanks around them or by the encoding of accents"
        reporter(f"{subject}: {int(has_counterpart.sum()):,} ids differ from others {how}, such as {one}")
    words = np.asarray(pc.is_in(pc.utf8_lower(pa.array(ids, pa.string())), pa.array(sorted(_NONE))))
    if words.any() and ids[~words].str.fullmatch(WHOLE).all() and not words.all():
        rows, word = int(words[codes].sum()), ids[words][0]
        reporter(
            f"{subject}: {rows:,} of {len(codes):,} rows have {word!r} where the others have whole numbers: if that "
            f'means a missing id, set data.missing = ["{word}"]'
        )


def refuse_rounded_ids(ids: Sequence[str], subject: str) -> None:
    """Refuse ids rounded by a spreadsheet, such as `1.00000E+15`, and long numbers that all end in zeros.

    Distinct ids have become equal, and cannot be recovered.

    Args:
        ids: Distinct ids, as text.
        subject: The beginning of the message.

    Raises:
        InputError: Some ids are rounded. The message shows one and says what to do.
    """
    rounded = [each for each in ids if "+" in each and _SCIENTIFIC.fullmatch(each)]
    if rounded and not any(map(_POINTED.fullmatch, rounded)):
        others = (each for each in ids if not _SCIENTIFIC.fullmatch(each))
        rounded = rounded if all(map(_NUMBER.fullmatch, others)) else []  # 5E+10 among words may be a word
    if not rounded:
        long = [each for each in ids if len(each) >= _LONG and each.isascii() and each.isdecimal()]
        cut = all(not each[_DIGITS:].strip("0") for each in long)
        rounded = long if cut and len(long) >= _SEVERAL else []
    if rounded:
        raise InputError(
            f"{subject} look rounded by a spreadsheet, such as {rounded[0]!r}: {len(rounded):,} of {len(ids):,} "
            "different ids do; export them again from where they come, or keep the column as text in the spreadsheet"
        )
