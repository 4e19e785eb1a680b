"""Ids as requests have them: numbers, text, or either written as the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from recsys.arrays import Int32Array
from recsys.errors import InputError, shown

_WHOLE = re.compile(r"(0|-?[1-9][0-9]{0,18})(?:\.0+)?")
_PRINTED = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
"""A number as it is printed; 007, 7.0 and 1e3 are not."""
_EXACT = 2**53
"""From here on floating-point numbers are not all whole numbers."""


class Ids:
    """The ids of one side of a catalogue, whole numbers or text.

    Args:
        index: All of them.
        side: `user` or `item`, for messages.
    """

    def __init__(self, index: pd.Index[Any], side: str) -> None:
        self._index, self._side = index, side
        self._whole = index.dtype.kind in "iu"

    def read(self, given: Any) -> int | str:
        """The id that is meant, of the catalogue's type; one that the catalogue does not have stays as it is.

        As in data files, 7 and 7.0 are the same whole number, and 007 is neither; text that is a number may be given
        as one.

        Raises:
            InputError: It is nothing that an id can be, or it may be that what was sent was something else.
        """
        if isinstance(given, str):
            return self._from_text(str(given))
        if isinstance(given, bool) or not isinstance(given, Real) or (whole := _whole(given)) is None:
            raise InputError(f"{self._side} {shown(repr(given))}: expected an id, a whole number or text")
        if self._whole:
            return whole if isinstance(whole, int) else str(whole)
        if self._padded is not None:
            raise InputError(
                f"{self._side} {shown(given)}: ids such as {shown(repr(self._padded))} are text; write them in quotes "
                "in JSON. A CSV request has them as text with recsys serve; mlflow models serve makes numbers of them"
            )
        return str(whole)

    def _from_text(self, text: str) -> int | str:
        if any("\ud800" <= letter <= "\udfff" for letter in text):  # as JSON may say, and no text in UTF-8 can
            raise InputError(f"{self._side} {shown(text)}: has half of a letter, as no id has")
        found = _WHOLE.fullmatch(text) if self._whole else None
        return int(found[1]) if found else text

    @cached_property
    def _padded(self) -> str | None:
        """An id that reads as a number and would not come back as it is: what has become of it nobody could tell."""
        return next((text for text in self._index if _is_number(text) and not _PRINTED.fullmatch(text)), None)


def codes_of(index: pd.Index[Any], ids: Sequence[Any]) -> Int32Array:
    """Codes of raw ids, (B,); one past the last for those of another type, or that the index does not have."""
    codes = np.full(len(ids), len(index), np.int32)
    whole = index.dtype.kind in "iu"
    places = [place for place, each in enumerate(ids) if (_fits(each) if whole else isinstance(each, str))]
    if places:
        found = index.get_indexer(pd.Index([ids[place] for place in places], dtype=index.dtype))
        codes[places] = np.where(found < 0, len(index), found)
    return codes


def _fits(given: Any) -> bool:
    return isinstance(given, Integral) and not isinstance(given, bool) and -(2**63) <= int(given) < 2**63


def _whole(given: Real) -> int | Decimal | None:
    """The number, whole if it is one; None for one that is not exact."""
    if isinstance(given, Integral):
        return int(given)
    number = float(given)
    if not abs(number) < _EXACT:  # NaN too
        return None
    return int(number) if number.is_integer() else Decimal(repr(number)).normalize()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return any(letter.isdigit() for letter in text)
