"""Rows with more or fewer fields than the header: refused, where it is not plain what the others are."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from recsys.data.reading.text import Text
from recsys.errors import InputError, shown


def surplus(text: Text, width: int, header: int) -> tuple[int, str]:
    """What the rows' surplus fields are, of which every row has the same number.

    Returns:
        How many stand before the first column of the header, and a sentence on what is left out.

    Raises:
        InputError: They are neither empty fields at the end nor the row names that R writes.
        UnevenError: Not every row has them.
    """
    if width > header and all(column.null_count == len(column) for column in _after(text, width, header)):
        return 0, "left out the separators that every row ends with, beyond the columns of the header"
    if width == header + 1 and _are_row_names(text):
        return 1, "left out the row names that stand before the columns of the header"
    raise uneven(text, header)


def _after(text: Text, width: int, header: int) -> list[Any]:
    return list(text.parsed(width, range(header, width)).values())


def _are_row_names(text: Text) -> bool:
    """Whether every row begins with a quoted whole number, each above the one before: R's `write.csv`."""
    numbers: list[int] = []
    for record in text.rows():
        if not (record.quoted and record.fields[0].isascii() and record.fields[0].isdecimal()):
            return False
        numbers.append(int(record.fields[0]))
    return all(low < high for low, high in pairwise(numbers))


def uneven(text: Text, header: int) -> InputError:
    """The error of rows with another number of fields than the header, or the first row: both, and the first such."""
    odd = [record for record in text.rows() if len(record.fields) != header]
    if not odd:
        return InputError(f"{text.place}: cannot be read as columns between {text.separator!r}")
    counts = " or ".join(str(count) for count in sorted(Counter(len(record.fields) for record in odd)))
    first = text.written(odd[0].fields)
    rows = "1 row has" if len(odd) == 1 else f"{len(odd):,} rows have"
    noun = "field" if counts == "1" else "fields"
    than = "the first row" if text.names is None else "the header"
    hint = "; is a quote left open?" if "\n" in first or "\r" in first else ""
    return InputError(
        f"{text.place}: {rows} {counts} {noun} where {than} has {header}: line {odd[0].line}: {shown(first)}{hint}"
    )
