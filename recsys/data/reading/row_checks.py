"""Check rows against the header and against the lines of the file."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np

from recsys.data.reading.quote_scan import line_count
from recsys.data.reading.text import Text
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

_BLANK = re.compile(rb"(?m)^[ \t]*\r?$")


def explain_surplus_fields(text: Text, width: int, header: int) -> tuple[int, str]:
    """Explain the surplus fields of rows that all have the same number of them.

    Returns:
        How many of them precede the header's first column, and a note on what is left out.

    Raises:
        InputError: They are neither empty fields at the end nor the row names that R writes.
        UnevenRowsError: Not every row has them.
    """
    if width > header and all(column.null_count == len(column) for column in _surplus_columns(text, width, header)):
        return 0, "left out the separators that every row ends with, beyond the columns of the header"
    if width == header + 1 and _are_row_names(text):
        return 1, "left out the row names before the columns of the header"
    raise uneven_rows_error(text, header)


def _surplus_columns(text: Text, width: int, header: int) -> list[Any]:
    return list(text.parsed(width, range(header, width)).values())


def _are_row_names(text: Text) -> bool:
    """Whether every row begins with a quoted whole number above the previous one, as R's `write.csv` writes."""
    numbers: list[int] = []
    for record in text.rows():
        if not (record.quoted and record.fields[0].isascii() and record.fields[0].isdecimal()):
            return False
        numbers.append(int(record.fields[0]))
    return all(low < high for low, high in pairwise(numbers))


def uneven_rows_error(text: Text, header: int) -> InputError:
    """The error of rows whose number of fields differs from the header's, or from the first row's."""
    odd = [record for record in text.rows() if len(record.fields) != header]
    if not odd:
        return InputError(f"{text.place}: cannot be read as columns between {text.separator!r}")
    counts = " or ".join(str(count) for count in sorted(Counter(len(record.fields) for record in odd)))
    first = text.written(odd[0].fields)
    rows = "1 row has" if len(odd) == 1 else f"{len(odd):,} rows have"
    noun = "field" if counts == "1" else "fields"
    than = "the first row" if text.names is None else "the header"
    hint = "; is a quote not closed?" if "\n" in first or "\r" in first else ""
    return InputError(
        f"{text.place}: {rows} {counts} {noun} where {than} has {header}: line {odd[0].line}: {shown(first)}{hint}"
    )


def account_for_lines(text: Text, rows: int, reporter: Reporter) -> None:
    """Report which lines of a text are not rows, apart from the header.

    Args:
        text: The text.
        rows: The number of rows read from it.
        reporter: Receives the note.

    Raises:
        InputError: Rows, header, blank lines and line breaks in cells do not add up to the lines.
    """
    lines, breaks, heads = line_count(text.content), len(text.scan.breaks), int(text.names is not None)
    blank = lines - rows - heads - breaks
    if not blank and not breaks:
        return
    parts = [f"{rows:,} rows"]
    parts += ["a header"] if heads else []
    parts += [_with_noun(blank, "blank line")] if blank else []
    parts += [f"{_with_noun(breaks, 'line break')} in cells"] if breaks else []
    if not 0 <= blank <= _most_blank(text):
        raise InputError(f"{text.place}: its {lines:,} lines cannot be accounted for by {', '.join(parts)}")
    reporter(f"{text.place}: its {lines:,} lines are {', '.join(parts)}")


def _most_blank(text: Text) -> int:
    """The number of lines outside cells that are blank, or contain only separators that are blank."""
    content = text.content
    if b"\r" in content:
        content = content.replace(b"\r\n", b" \n").replace(b"\r", b"\n")  # each byte stays in its place
    starts = np.array([match.start() for match in _BLANK.finditer(content)], np.int64)
    starts = starts[starts < len(content)]
    return int((~np.isin(starts - 1, text.scan.breaks)).sum())


def _with_noun(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
