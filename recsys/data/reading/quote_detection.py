"""Decide for a whole text whether its quotes quote cells and whether its backslashes escape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from recsys.data.reading.dialect import Dialect, Quoting, records
from recsys.data.reading.quote_scan import line_count
from recsys.data.reading.text import Text
from recsys.errors import InputError, shown

_START = 1 << 16
"""Bytes inspected before a whole text is scanned for single quotes."""
_SAMPLE = 200
"""Rows that decide which columns are numeric."""
_MOST = 0.9
"""The share of numbers that makes a column numeric."""
_ALIKE = 0.75
"""The share of numeric columns in which a line has numbers that makes it look like a row."""
_BREAK = re.compile(r"\r\n|\r|\n")
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*")


def choose_quoting(build: Callable[[Quoting], Text], dialect: Dialect) -> tuple[Text, str]:
    """Build the text with the quoting that fits it. Returns a note on what was detected, or an empty string.

    Quotes that are not declared quote cells if each quoted cell closes as RFC 4180 requires and contains no lines that
    look like rows. Otherwise backslashes escape, or quotes are ordinary characters, if every row then has the same
    number of fields.

    Raises:
        InputError: No quoting fits. The message names the line where quoting breaks.
    """
    if dialect.quote is not None:
        return _declared_quoting(build, dialect), ""
    text = build(Quoting(escape=dialect.escape))
    if b'"' not in text.content:
        return _without_double_quotes(text, build, dialect)
    unclosed = line_of_unclosed_quote(text)
    if text.scan.consistent and unclosed is None:
        return text, ""
    if dialect.escape is None and b'\\"' in text.content:
        escaped = build(Quoting(escape="\\"))
        if escaped.scan.consistent and escaped.even and line_of_unclosed_quote(escaped) is None:
            found = "its quotes are escaped by backslashes"
            return escaped, f"{text.place}: read with {dialect.key}.escape = '\\\\': {found}"
    on_lines = text.even and not len(text.scan.breaks)
    if 2 * (text.scan.quoted_cells - len(text.scan.misclosed)) < line_count(text.content):  # or quoting is the rule
        bare = build(Quoting(None, dialect.escape))
        if bare.even:
            first = _first_misclosed_line(text) or unclosed
            why = f"its quotes are ordinary characters: the one on line {first} quotes no cell"
            return bare, f"{text.place}: read with {dialect.key}.quote = 'none': {why}"
    if on_lines:
        return (
            text,
            f"{text.place}: line {_first_misclosed_line(text)} has a quoted cell with text after its closing quote",
        )
    raise _quoting_error(text, unclosed, dialect)


def _declared_quoting(build: Callable[[Quoting], Text], dialect: Dialect) -> Text:
    text = build(Quoting(None if dialect.quote == "none" else dialect.quote, dialect.escape))
    if not text.scan.consistent and len(text.scan.breaks):
        raise _quoting_error(text, None, dialect)
    return text


def _without_double_quotes(text: Text, build: Callable[[Quoting], Text], dialect: Dialect) -> tuple[Text, str]:
    """Choose the quoting of a text without double quotes: single quotes, or escaped separators."""
    if dialect.escape is None and f"\\{text.delimiter}".encode() in text.content and not text.even:
        escaped = build(Quoting(escape="\\"))
        if escaped.even:
            found = "it has separators after backslashes"
            return escaped, f"{text.place}: read with {dialect.key}.escape = '\\\\': {found}"
    start = text.content[:_START]
    if 2 * start.count(b"'") >= line_count(start):
        single = build(Quoting("'", dialect.escape))
        if single.scan.consistent and 2 * single.scan.quoted_cells >= line_count(text.content) and single.even:
            return single, f'{text.place}: read with {dialect.key}.quote = "\'", which encloses its cells'
    return text, ""


def _quoting_error(text: Text, unclosed: int | None, dialect: Dialect) -> InputError:
    """The error of quotes that fit no quoting."""
    line = unclosed or _first_misclosed_line(text) or 1
    what = (
        "a quoted cell extends over lines that look like rows"
        if unclosed
        else "a quoted cell does not end before a separator or the line's end"
    )
    written = text.content.splitlines()[line - 1].decode(errors="replace")
    remedy = f"if quotes are ordinary characters, set {dialect.key}.quote = 'none'"
    remedy += f"; if the cell is meant to be that long, {dialect.key}.quote = '\"'" if unclosed else ""
    escape = f"; if backslashes escape them, {dialect.key}.escape = '\\\\'" if b"\\" in text.content else ""
    return InputError(f"{text.place}: line {line}: {what}: {shown(text.restored(written))}; {remedy}{escape}")


def _first_misclosed_line(text: Text) -> int | None:
    odd = text.scan.misclosed
    return text.line_at(int(odd[0])) if len(odd) else None


def line_of_unclosed_quote(text: Text) -> int | None:
    """Return the line of the first quoted cell that seems to run over other rows, or None.

    A record of several lines counts if at least half of the lines below its first look like rows. Without a numeric
    column all of them have to, because every line of prose with one comma has two fields.
    """
    if not len(text.scan.breaks):
        return None
    rows = [record.fields for record in islice(text.rows(), 10 * _SAMPLE)]
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    if width < 2:
        return None
    numeric = _numeric_columns(rows, width)
    for start, end in _records_of_several_lines(text, width):
        record = next(records(text.content[start:end], text.delimiter, text.quoting))
        lines = _lines_below(record.fields, text.delimiter)
        alike = sum(_looks_like_a_row(line, width, numeric) for line in lines)
        if lines and 2 * alike >= len(lines) and (numeric or alike == len(lines)):
            return text.line_at(start)
    return None


def _lines_below(fields: list[str], delimiter: str) -> list[list[str]]:
    """The lines of a record below its first, split at separators within cells of several lines."""
    lines: list[list[str]] = [[]]
    for field in fields:
        parts = _BREAK.split(field)
        if len(parts) == 1:
            lines[-1].append(field)
            continue
        lines[-1] += parts[0].split(delimiter)
        lines += [part.split(delimiter) for part in parts[1:]]
    return [line for line in lines[1:] if any(cell.strip() for cell in line)]


def _records_of_several_lines(text: Text, width: int) -> Iterator[tuple[int, int]]:
    """Offsets of the records of several lines that have enough separators for a second row."""
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
    """The numeric columns, counted from 0, by the first rows of a single line."""
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
