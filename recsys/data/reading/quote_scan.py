"""Find what each quote of a text does: open a cell, close one, or neither.

Neither Arrow's parser nor DuckDB's `read_csv` reports this. DuckDB merges rows between two stray quotes, drops a
header above rows of another width, and reads uneven rows as one column, all without an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, Int32Array, Int64Array, UInt8Array
from recsys.data.reading.dialect import Quoting

_CHUNK = 1 << 24
"""Bytes compared at a time, so that no mask of a large file's length is held."""

Positions = Int64Array | Int32Array
"""Byte offsets in a text, ascending."""


@dataclass(frozen=True)
class QuoteScan:
    """What the quotes of a text do if they open and close cells."""

    quoted_cells: int
    """The number of quoted cells."""
    misclosed: Positions
    """Offsets of cells whose closing quote is followed by neither a separator nor a line end."""
    breaks: Positions
    """Offsets of line breaks within cells; for CR LF the offset of the LF."""

    @property
    def consistent(self) -> bool:
        """Whether every quoted cell is closed as RFC 4180 requires."""
        return not len(self.misclosed)


def scan_quotes(content: bytes, delimiter: str, quoting: Quoting) -> QuoteScan:
    """Scan the quotes of a text with the rules of Arrow's parser.

    A quote opens a cell if it is the cell's first character. Within the cell two quotes in a row are one literal
    quote; any other quote closes the cell.
    """
    nothing: Positions = np.empty(0, np.int64)
    letters = np.frombuffer(content, np.uint8)
    quotes = nothing if quoting.quote is None else _positions_of(letters, [quoting.quote])
    if quoting.escape is not None:
        quotes = quotes[~_are_escaped(letters, quotes, quoting.escape)]
    if not len(quotes):
        return QuoteScan(
            0, nothing, _breaks_in_cells(letters, nothing, nothing, quoting.escape) if quoting.escape else nothing
        )
    ends = np.zeros(256, bool)
    ends[[ord(delimiter), 10, 13]] = True
    opens = (quotes == 0) | ends[letters[quotes - 1]]
    closes = (quotes == len(letters) - 1) | ends[letters[np.minimum(quotes + 1, len(letters) - 1)]]
    doubled_next = np.append(np.diff(quotes) == 1, [False])  # the next quote stands right behind
    if _alternate(opens, closes, doubled_next):
        starts, stops, misclosed = quotes[::2], quotes[1::2], nothing
        cells = len(starts) - int(doubled_next[1::2].sum())
    else:
        starts, stops, misclosed = _match_quotes(quotes, opens, closes, doubled_next, len(letters))
        cells = len(starts)
    return QuoteScan(cells, misclosed, _breaks_in_cells(letters, starts, stops, quoting.escape))


def _positions_of(letters: UInt8Array, wanted: Sequence[str]) -> Positions:
    """The offsets of any of the wanted characters."""
    small = np.int32 if len(letters) < 2**31 - 1 else np.int64
    parts = []
    for start in range(0, len(letters), _CHUNK):
        part = letters[start : start + _CHUNK]
        mask = part == ord(wanted[0])
        for letter in wanted[1:]:
            mask |= part == ord(letter)
        parts.append((np.flatnonzero(mask) + start).astype(small))
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _are_escaped(letters: UInt8Array, places: Positions, escape: str) -> BoolArray:
    """Whether an odd number of escape characters precedes each position."""
    odd = np.zeros(len(places), bool)
    running, at = np.arange(len(places)), places - 1
    while len(running):
        more = (at >= 0) & (letters[at] == ord(escape))
        running, at = running[more], at[more] - 1
        odd[running] ^= True
    return odd


def _alternate(opens: BoolArray, closes: BoolArray, doubled_next: BoolArray) -> bool:
    """Whether quotes open and close cells alternately. Two in a row within a cell then close and reopen it."""
    behind = np.append([False], doubled_next[:-1])
    return len(opens) % 2 == 0 and bool((opens | behind)[::2].all() and (closes | doubled_next)[1::2].all())


def _match_quotes(
    quotes: Positions,
    opens: BoolArray,
    closes: BoolArray,
    doubled_next: BoolArray,
    length: int,
) -> tuple[Positions, Positions, Positions]:
    """Match quotes one by one. Returns where cells open, where they close, and which are misclosed."""
    starts: list[int] = []
    stops: list[int] = []
    misclosed: list[int] = []
    inside = skip = False
    for place, can_open, can_close, doubled in zip(
        quotes.tolist(), opens.tolist(), closes.tolist(), doubled_next.tolist(), strict=True
    ):
        if skip:
            skip = False
        elif not inside:
            if can_open:
                starts.append(place)
                inside = True
        elif doubled:
            skip = True
        else:
            stops.append(place)
            inside = False
            if not can_close:
                misclosed.append(starts[-1])
    if inside:
        stops.append(length)
        misclosed.append(starts[-1])
    return np.array(starts, np.int64), np.array(stops, np.int64), np.array(misclosed, np.int64)


def _breaks_in_cells(letters: UInt8Array, starts: Positions, stops: Positions, escape: str | None) -> Positions:
    """The line breaks between starts and stops, and those that are escaped."""
    places = _line_breaks(letters)
    inside = np.zeros(len(places), bool) if escape is None else _are_escaped(letters, places, escape)
    if len(starts):
        before = np.searchsorted(starts, places) - 1
        inside |= (before >= 0) & (places < stops[np.maximum(before, 0)])
    return places[inside]


def line_ends(content: bytes) -> Positions:
    """Offsets of all line breaks, in cells or not; for CR LF the offset of the LF."""
    return _line_breaks(np.frombuffer(content, np.uint8))


def line_count(content: bytes) -> int:
    """The number of lines with any line ending. The last line may lack its line break."""
    ends = content.count(b"\n")
    returns = content.count(b"\r")
    ends += returns - content.count(b"\r\n") if returns else 0
    return ends + (content[-1:] not in (b"\n", b"\r", b""))


def _line_breaks(letters: UInt8Array) -> Positions:
    places = _positions_of(letters, "\n\r")
    following = letters[np.minimum(places + 1, len(letters) - 1)]
    halves = (letters[places] == 13) & (following == 10) & (places + 1 < len(letters))
    return np.asarray(places[~halves])
