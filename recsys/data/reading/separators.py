"""Detect the separator of a text, and replace one of several characters by a single one.

Arrow's parser takes single-byte separators only. DuckDB's sniffer misses `::`, blanks and `<>`, and then reads one
column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from recsys.data.reading.dialect import RFC_4180, Quoting, records
from recsys.data.reading.rows import Wanted
from recsys.errors import InputError

KNOWN = (",", "\t", ";", "|", "::", " ", ", ")
"""The separators that are tried."""
_SAMPLE = 1 << 16
"""Bytes inspected."""
_DECLARATION = re.compile(rb'(?i)("?sep=([^"\r\n\x80-\xff])"?)[\r\n]')
_STAND_INS = "\x1f\x1e\x1d\x1c"
"""Control characters that replace a separator of several characters."""


def take_sep_line(text: bytes) -> tuple[bytes, str | None]:
    """Remove a first line such as `sep=;`, which Excel writes, and return the separator that it declares.

    The line stays as a blank one, so that line numbers do not change.
    """
    declaration = _DECLARATION.match(text)
    return (text, None) if declaration is None else (text[declaration.end(1) :], declaration[2].decode())


def to_single_character(text: bytes, separator: str, place: str, quoting: Quoting = RFC_4180) -> tuple[bytes, str]:
    """Return the text with a separator of one character, and that character.

    A blank stands for any run of blanks, unless every line has the same number of them: some of those may not
    separate anything. Separators within quoted fields are replaced too; `Text.restored` restores them.
    """
    quoted = quoting.quote is not None and quoting.quote.encode() in text
    if separator == " " and not quoted and not _is_as_frequent_in_all_lines(text, b" "):
        text = re.sub(rb"(?m)^ +| +(?=\r?$)", b"", text)
        return re.sub(rb" {2,}", b" ", text), " "
    if len(separator) == len(separator.encode()) == 1:
        return text, separator
    for each in _STAND_INS:
        if each.encode() not in text:
            return text.replace(separator.encode(), each.encode()), each
    raise InputError(f"{place}: has control characters: it cannot be read with data.separator = {separator!r}")


def _is_as_frequent_in_all_lines(text: bytes, letter: bytes) -> bool:
    """Whether the character occurs equally often in every line that is not blank."""
    return len({line.count(letter) for line in text.splitlines() if line.strip()}) == 1


def first_lines(text: bytes) -> bytes:
    """The first lines of the text."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample
    return sample


def detect_separator(
    text: bytes, wanted: Wanted, usual: str | None, place: str, quotings: Sequence[Quoting] = (RFC_4180,)
) -> str:
    """Return the separator that yields the wanted columns; the usual one if it does, or if none does.

    Wanted names are looked up in the first record. For wanted numbers every record needs the same, sufficient number of
    columns.

    Raises:
        InputError: Several separators fit equally well.
    """
    sample = first_lines(text)
    widths = {separator: _column_count(sample, separator, wanted, place, quotings) for separator in KNOWN}
    fitting = [separator for separator, width in widths.items() if width]
    if usual in fitting and any(isinstance(column, str) for column in wanted.values()):
        return usual
    if len(fitting) > 1:
        words = " or ".join(map(repr, fitting))
        raise InputError(f"{place}: the columns may be separated by {words}: set data.separator")
    if fitting:
        return fitting[0]
    first_widths = {separator: _first_column_count(sample, separator, place) for separator in KNOWN}
    return usual if usual and first_widths[usual] > 1 else max(first_widths, key=lambda each: first_widths[each])


def _column_count(sample: bytes, separator: str, wanted: Wanted, place: str, quotings: Sequence[Quoting]) -> int:
    """The number of columns; 0 if a wanted column is missing."""
    found = (
        [row.fields for row in records(*to_single_character(sample, separator, place, each), each)] for each in quotings
    )
    return next((width for width in (_column_count_of(rows, wanted) for rows in found) if width), 0)


def _column_count_of(rows: list[list[str]], wanted: Wanted) -> int:
    if not rows:
        return 0
    names = [column for column in wanted.values() if isinstance(column, str)]
    most = max((column for column in wanted.values() if isinstance(column, int)), default=2)
    width = len(rows[0])
    fits = width >= most and all(name in rows[0] for name in names)
    even = bool(names) or all(len(row) == width for row in rows)
    return width if fits and even else 0


def _first_column_count(sample: bytes, separator: str, place: str) -> int:
    first = next(records(*to_single_character(sample, separator, place)), None)
    return len(first.fields) if first else 0
