"""How a delimited text is written, and its records by Python's reader, one by one."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple


class Quoting(NamedTuple):
    """How cells are quoted; the defaults are those of RFC 4180."""

    quote: str | None = '"'
    """What opens and closes a cell; None where nothing does."""
    escape: str | None = None
    """What takes its meaning from the character behind it."""


RFC_4180 = Quoting()
"""Quotes around cells, doubled within."""


@dataclass(frozen=True)
class Dialect:
    """What is said of a text; what is not is found out."""

    separator: str | None = None
    encoding: str | None = None
    header: bool = True
    quote: str | None = None
    """What quotes cells; `none`: nothing does."""
    escape: str | None = None
    """What takes its meaning from the character behind it."""
    key: str = "data"
    """The section that says it, for messages."""

    @property
    def quotings(self) -> list[Quoting]:
        """The ways in which its cells may be quoted; the likelier first."""
        if self.quote is not None:
            return [Quoting(None if self.quote == "none" else self.quote, self.escape)]
        ways = [('"', self.escape), ('"', "\\"), (None, self.escape), ("'", self.escape)]
        return list(dict.fromkeys(Quoting(quote, escape) for quote, escape in ways))


class Record(NamedTuple):
    """One record."""

    line: int
    """The line that it begins on, counted from 1."""
    end: int
    """Where in the text the next one begins, in bytes."""
    fields: list[str]
    quoted: bool
    """Whether it begins with a quote."""


def records(text: bytes, delimiter: str, quoting: Quoting = RFC_4180) -> Iterator[Record]:
    """The records of a UTF-8 text, where blank lines are none, and a quoted field may hold line breaks."""
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
    """The lines of a text, however they end, with count of those read and of their bytes."""

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
    """The csv module's bound on a field's length is one for all of its readers: lift it for a moment only."""
    bound = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(bound)
