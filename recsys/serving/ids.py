"""Ids of requests: numbers or text, or a number that is written as text."""

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
"""Matches a number as Python prints it; 007, 7.0 and 1e3 do not match."""
_EXACT = 2**53
"""Floating-point numbers from this value on cannot represent every whole number."""


class Ids:
    """Reads the user ids or the item ids of a catalogue, which are whole numbers or text.

    Args:
        index: All ids of this side.
        side: `user` or `item`, for messages.
    """

    def __init__(self, index: pd.Index[Any], side: str) -> None:
        self._index, self._side = index, side
        self._whole = index.dtype.kind in "iu"

    def read(self, given: Any) -> int | str:
        """Convert an id of a request to the type of the catalogue's ids. The catalogue need not contain it.

        The rules are those of data files: 7 and 7.0 are the same whole number, and 007 is neither. A request may write
        a number as text.

        Raises:
            InputError: The value cannot be an id, or the transport may have changed the id that the client sent.
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
        if any(
            "\ud800" <= letter <= "\udfff" for letter in text
        ):  # JSON can express half of a surrogate pair, UTF-8 cannot
            raise InputError(f"{self._side} {shown(text)}: has half of a letter, as no id has")
        found = _WHOLE.fullmatch(text) if self._whole else None
        return int(found[1]) if found else text

    @cached_property
    def _padded(self) -> str | None:
        """Return a text id that looks like a number but changes when it is converted to a number and back."""
        return next((text for text in self._index if _is_number(text) and not _PRINTED.fullmatch(text)), None)


def codes_of(index: pd.Index[Any], ids: Sequence[Any]) -> Int32Array:
    """Return the codes (B,) of raw ids.

    An id of another type, or one outside the index, gets the code after the last.
    """
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
    """Return the number, as an int if it is whole; None if a float cannot represent it exactly."""
    if isinstance(given, Integral):
        return int(given)
    number = float(given)
    if not abs(number) < _EXACT:  # this also excludes NaN
        return None
    return int(number) if number.is_integer() else Decimal(repr(number)).normalize()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return any(letter.isdigit() for letter in text)
