"""Quoted cells that hold other rows: lines within them have a row's separators, and numbers where rows have numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from recsys.data.reading.records import records
from recsys.data.reading.text import Text

_SAMPLE = 200
"""Rows that say which columns are of numbers."""
_MOST = 0.9
"""The share of a column's cells that are numbers, from which on it is one of numbers."""
_ALIKE = 0.75
"""The share of these columns in which a line has numbers, from which on it looks like a row."""
_BREAK = re.compile(r"\r\n|\r|\n")
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*")


def swallowing_line(text: Text) -> int | None:
    """The line of the first record over several lines of which those below the first look like rows; None if none does.

    Half of them are enough. In a table without a column of numbers all of them have to, as every line of prose with one
    comma has two fields.
    """
    if not len(text.scan.breaks):
        return None
    rows = [record.fields for record in islice(text.rows(), 10 * _SAMPLE)]
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    if width < 2:
        return None
    numeric = _numeric_columns(rows, width)
    for start, end in _long_records(text, width):
        record = next(records(text.content[start:end], text.delimiter, text.quoting))
        lines = _lines_below(record.fields, text.delimiter)
        alike = sum(_looks_like_a_row(line, width, numeric) for line in lines)
        if lines and 2 * alike >= len(lines) and (numeric or alike == len(lines)):
            return text.line_at(start)
    return None


def _lines_below(fields: list[str], delimiter: str) -> list[list[str]]:
    """The lines of a record below its first, split at separators where they are within a cell of several lines."""
    lines: list[list[str]] = [[]]
    for field in fields:
        parts = _BREAK.split(field)
        if len(parts) == 1:
            lines[-1].append(field)
            continue
        lines[-1] += parts[0].split(delimiter)
        lines += [part.split(delimiter) for part in parts[1:]]
    return [line for line in lines[1:] if any(cell.strip() for cell in line)]


def _long_records(text: Text, width: int) -> Iterator[tuple[int, int]]:
    """Where records of several lines begin and end that have separators enough for more rows than one."""
    content, delimiter, ends = text.content, text.delimiter.encode(), text.line_ends
    lines = np.searchsorted(ends, text.scan.breaks)  # each ends with a break within its record
    cuts = np.flatnonzero(np.diff(lines) != 1) + 1
    for first, last in zip(
        lines[np.append(0, cuts)].tolist(), lines[np.append(cuts, len(lines)) - 1].tolist(), strict=True
    ):
        start = int(ends[first - 1]) + 1 if first else 0
        end = int(ends[last + 1]) if last + 1 < len(ends) else len(content)
        below = last - first + 1
        if content.count(delimiter, start, end) >= (width - 1) * (1 + (below + 1) // 2):
            yield start, end


def _numeric_columns(rows: list[list[str]], width: int) -> list[int]:
    """The columns of numbers, counted from 0, by the first rows of one line each."""
    rows = [row for row in rows if len(row) == width and not any(map(_BREAK.search, row))]
    columns = enumerate(zip(*rows[:_SAMPLE], strict=True))
    return [at for at, cells in columns if sum(map(_is_number, cells)) >= _MOST * len(cells)]


def _looks_like_a_row(fields: list[str], width: int, numeric: list[int]) -> bool:
    if len(fields) != width:
        return False
    fitting = sum(not fields[at] or _is_number(fields[at].strip('"')) for at in numeric)
    return fitting >= _ALIKE * len(numeric)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None
