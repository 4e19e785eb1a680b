"""How a delimited text is written, and its records one by one.

The records come from Python's `csv` reader. It is slow but knows the line of each record, which Arrow's parser does
not, so it serves headers, samples and errors.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple


class Quoting(NamedTuple):
    """How cells are quoted. The defaults are those of RFC 4180."""

    quote: str | None = '"'
    """The character that opens and closes a cell; None if cells are not quoted."""
    escape: str | None = None
    """The character that makes the next one literal."""


RFC_4180 = Quoting()
"""Quotes around cells, doubled inside them."""


@dataclass(frozen=True)
class Dialect:
    """How a text is written, as far as it is declared. Everything else is detected."""

    separator: str | None = None
    encoding: str | None = None
    header: bool = True
    quote: str | None = None
    """The quote character; `none` if cells are not quoted."""
    escape: str | None = None
    """The character that makes the next one literal."""
    key: str = "data"
    """The section of the experiment file, for messages."""

    @property
    def quotings(self) -> list[Quoting]:
        """The possible quotings, the most likely first."""
        if self.quote is not None:
            return [Quoting(None if self.quote == "none" else self.quote, self.escape)]
        ways = [('"', self.escape), ('"', "\\"), (None, self.escape), ("'", self.escape)]
        return list(dict.fromkeys(Quoting(quote, escape) for quote, escape in ways))


class Record(NamedTuple):
    """One record of a text."""

    line: int
    """The line on which it begins, counted from 1."""
    end: int
    """The offset of the next record, in bytes."""
    fields: list[str]
    quoted: bool
    """Whether the record begins with a quote."""


def records(text: bytes, delimiter: str, quoting: Quoting = RFC_4180) -> Iterator[Record]:
    """Iterate over the records of a UTF-8 text. Blank lines are skipped; a quoted field may contain line breaks."""
    read = _Lines(text)
    how: Literal[0, 3] = csv.QUOTE_NONE if quoting.quote is None else csv.QUOTE_MINIMAL
    rows = csv.reader(read, delimiter=delimiter, quotechar=quoting.quote or '"', escapechar=quoting.escape, quoting=how)
    opening = (quoting.quote or "").encode()
    while True:
        line, start = read.count + 1, read.end
        with _unlimited_field_size():
            fields = next(rows, None)
        if fields is None:
            return
        if len(fields) > 1 or "".join(fields).strip():
            yield Record(line, read.end, fields, bool(opening) and text[start : start + 1] == opening)


class _Lines:
    """The lines of a text with any line ending, with a count of the lines and bytes read so far."""

    def __init__(self, text: bytes) -> None:
        self.lines = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline="")
        self.count = self.end = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.count += 1
        self.end += len(line.encode())
        return line


@contextmanager
def _unlimited_field_size() -> Iterator[None]:
    """Lift the csv module's limit on field length, which all its readers share, for the moment."""
    bound = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(bound)
