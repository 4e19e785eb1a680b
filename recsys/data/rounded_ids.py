"""Ids that a spreadsheet has rounded: different ones became one, and nothing can tell them apart again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recsys.errors import InputError

_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}")
_POINTED = re.compile(r"[+-]?[0-9][.,][0-9]+[eE]\+[0-9]{2,3}")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_DIGITS = 15
"""Digits that a spreadsheet keeps; those behind them become zeros."""
_LONG = 17
"""Digits from which on zeros behind the fifteenth are no accident, if they are in all of several ids."""
_SEVERAL = 5


def refuse_rounded(ids: Sequence[str], subject: str) -> None:
    """Refuse ids in scientific notation, such as `1.00000E+15`, and long numbers that all end in zeros.

    Args:
        ids: Different ids, as text.
        subject: What the message begins with.

    Raises:
        InputError: It shows one, and says what to do.
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
