"""A delimited text, parsed by Arrow's CSV reader, or record by record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from recsys.data.reading.dialect import RFC_4180, Quoting, Record, records
from recsys.data.reading.quote_scan import Positions, QuoteScan, line_ends, scan_quotes
from recsys.errors import InputError

_BLOCK = 1 << 24
"""Bytes parsed at a time. A record has to fit."""
_LAST_CELL = "\x04"
"""The cells of a row that is appended to the text. If it is not the last row parsed, a quote is never closed."""


NO_QUOTES = scan_quotes(b"", ",", RFC_4180)
"""The scan of a text without quotes."""


class UnevenRowsError(Exception):
    """Rows have different numbers of fields."""


@dataclass(frozen=True)
class Text:
    """A UTF-8 text with a separator of one character."""

    place: str
    content: bytes
    delimiter: str
    """The separator in `content`."""
    separator: str
    """The separator in the file."""
    names: list[str] | None
    """The names in the header; None without a header."""
    start: int
    """The offset of the first row, in bytes."""
    quoting: Quoting = RFC_4180

    def rows(self) -> Iterator[Record]:
        """Iterate over the records below the header."""
        return islice(records(self.content, self.delimiter, self.quoting), 0 if self.names is None else 1, None)

    @cached_property
    def quoted(self) -> bool:
        """Whether a cell of the rows may contain a line break, because there is a quote or an escape."""
        marks = [mark.encode() for mark in self.quoting if mark is not None]
        return any(self.content.find(mark, self.start) >= 0 for mark in marks)

    @cached_property
    def scan(self) -> QuoteScan:
        """What the quotes do."""
        return scan_quotes(self.content, self.delimiter, self.quoting) if self.quoted else NO_QUOTES

    @cached_property
    def width(self) -> int:
        """The number of fields in the first row; 0 without rows."""
        first = next(self.rows(), None)
        return len(first.fields) if first else 0

    @cached_property
    def even(self) -> bool:
        """Whether every row has as many fields as the first, and every quoted cell is closed."""
        if not self.width:
            return True
        try:
            self.parsed(self.width, [0])
        except (UnevenRowsError, InputError):
            return False
        return True

    def line_at(self, place: int) -> int:
        """The line that contains the byte at an offset, counted from 1."""
        return int(np.searchsorted(self.line_ends, place)) + 1

    @cached_property
    def line_ends(self) -> Positions:
        """The offsets of all line breaks."""
        return line_ends(self.content)

    def lines(self) -> Iterator[int]:
        """Iterate over the line on which each row begins."""
        return (record.line for record in self.rows())

    def written(self, fields: Iterable[str]) -> str:
        """Fields as the file writes them."""
        return self.restored(self.separator.join(fields))

    def restored(self, cell: str) -> str:
        """A cell with the file's own separator."""
        return cell if self.delimiter == self.separator else cell.replace(self.delimiter, self.separator)

    def parsed(self, width: int, places: Iterable[int]) -> dict[int, pa.ChunkedArray]:
        """Parse columns at positions counted from 0, as text. Empty cells are null.

        Raises:
            UnevenRowsError: A row does not have `width` fields.
            InputError: A quote is never closed.
        """
        places = list(places)
        body = pa.py_buffer(self.content)[self.start :]
        if self.quoted:
            body = pa.py_buffer(bytes(body) + f"\n{self.delimiter.join([_LAST_CELL] * width)}\n".encode())
        table = _parse(body, self, width, places)
        if self.quoted:
            if any(column[-1].as_py() != _LAST_CELL for column in table.columns):
                raise InputError(f"{self.place}: a quoted cell is never closed")
            table = table.slice(0, len(table) - 1)
        columns = dict(zip(places, table.columns, strict=True))
        if self.delimiter == self.separator:
            return columns
        return {at: pc.replace_substring(column, self.delimiter, self.separator) for at, column in columns.items()}


def _parse(body: pa.Buffer, text: Text, width: int, places: list[int]) -> pa.Table:
    names = [str(at) for at in range(width)]
    options = csv.ParseOptions(
        delimiter=text.delimiter,
        quote_char=text.quoting.quote or False,
        escape_char=text.quoting.escape or False,
        newlines_in_values=text.quoted,
        invalid_row_handler=_on_invalid_row,
    )

    def parse(block: int) -> pa.Table:
        return csv.read_csv(
            pa.BufferReader(body),
            csv.ReadOptions(column_names=names, block_size=block),
            options,
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[str(at) for at in places],
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=False,  # it was looked at as a whole
            ),
        )

    try:
        try:
            return parse(_BLOCK)
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error):
                raise
            return parse(min(len(body) + 1, 2**31 - 1))
    except pa.ArrowInvalid as error:
        raise UnevenRowsError(str(error)) from None


def _on_invalid_row(row: csv.InvalidRow) -> str:
    return "error" if row.text.strip() else "skip"  # a line of blanks is no row
