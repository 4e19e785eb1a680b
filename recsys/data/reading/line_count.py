"""Rows held against lines: as many of one as of the other, or it is said what the other lines are."""

from __future__ import annotations

import re

import numpy as np

from recsys.data.reading.text import Text
from recsys.errors import InputError
from recsys.reporter import Reporter

_BLANK = re.compile(rb"(?m)^[ \t]*\r?$")


def account_for_lines(text: Text, rows: int, reporter: Reporter) -> None:
    """Say which of a text's lines are no rows of their own, besides its header.

    Args:
        text: The text.
        rows: How many rows were read from it.
        reporter: Receives the sentence.

    Raises:
        InputError: Rows, header, blank lines and line breaks in cells do not add up to the lines.
    """
    lines, breaks, heads = line_count(text.content), len(text.scan.breaks), int(text.names is not None)
    blank = lines - rows - heads - breaks
    if not blank and not breaks:
        return
    parts = [f"{rows:,} rows"]
    parts += ["a header"] if heads else []
    parts += [_counted(blank, "blank line")] if blank else []
    parts += [f"{_counted(breaks, 'line break')} in cells"] if breaks else []
    if not 0 <= blank <= _most_blank(text):
        raise InputError(f"{text.place}: its {lines:,} lines cannot be accounted for by {', '.join(parts)}")
    reporter(f"{text.place}: its {lines:,} lines are {', '.join(parts)}")


def line_count(content: bytes) -> int:
    """How many lines a text has, however they end; the last may lack its line break."""
    ends = content.count(b"\n")
    returns = content.count(b"\r")
    ends += returns - content.count(b"\r\n") if returns else 0
    return ends + (content[-1:] not in (b"\n", b"\r", b""))


def _most_blank(text: Text) -> int:
    """How many lines outside cells are blank, or have no more than separators of blank space."""
    content = text.content
    if b"\r" in content:
        content = content.replace(b"\r\n", b" \n").replace(b"\r", b"\n")  # each byte stays in its place
    starts = np.array([match.start() for match in _BLANK.finditer(content)], np.int64)
    starts = starts[starts < len(content)]
    return int((~np.isin(starts - 1, text.scan.breaks)).sum())


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
