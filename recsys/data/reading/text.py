"""A delimited text ready to be parsed, and the two ways through it: fast, and record by record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from recsys.data.reading.records import Record, records
from recsys.errors import InputError

_BLOCK = 1 << 24
"""Bytes that are parsed at a time; a record has to fit."""
_END = "\x04"
"""What the row is made of that must come out last: where a quote is never closed, it does not."""


class UnevenError(Exception):
    """Rows have different numbers of fields."""


@dataclass(frozen=True)
class Text:
    """A text in UTF-8 with a separator of one character."""

    place: str
    content: bytes
    delimiter: str
    """What stands between the columns here."""
    separator: str
    """What stood between them in the file."""
    names: list[str] | None
    """Of its header; None without one."""
    start: int
    """Where the rows begin, in bytes."""

    def rows(self) -> Iterator[Record]:
        """The records below the header, one by one."""
        return islice(records(self.content, self.delimiter), 0 if self.names is None else 1, None)

    @cached_property
    def quoted(self) -> bool:
        """Whether there is a quote in the rows."""
        return self.content.find(b'"', self.start) >= 0

    def lines(self) -> Iterator[int]:
        """The line that each row begins on."""
        return (record.line for record in self.rows())

    def written(self, fields: Iterable[str]) -> str:
        """Fields as the file has them."""
        return self.restored(self.separator.join(fields))

    def restored(self, cell: str) -> str:
        """A cell with the file's own separator in it."""
        return cell if self.delimiter == self.separator else cell.replace(self.delimiter, self.separator)

    def parsed(self, width: int, places: Iterable[int]) -> dict[int, pa.ChunkedArray]:
        """Columns at places counted from 0, as text; an empty cell is null.

        Raises:
            UnevenError: A row has another number of fields than `width`.
            InputError: A quote is never closed.
        """
        places = list(places)
        body = pa.py_buffer(self.content)[self.start :]
        if self.quoted:
            body = pa.py_buffer(bytes(body) + f"\n{self.delimiter.join([_END] * width)}\n".encode())
        table = _parse(body, self.delimiter, width, places)
        if self.quoted:
            if any(column[-1].as_py() != _END for column in table.columns):
                raise InputError(f"{self.place}: a quoted cell is never closed")
            table = table.slice(0, len(table) - 1)
        columns = dict(zip(places, table.columns, strict=True))
        if self.delimiter == self.separator:
            return columns
        return {at: pc.replace_substring(column, self.delimiter, self.separator) for at, column in columns.items()}


def _parse(body: pa.Buffer, delimiter: str, width: int, places: list[int]) -> pa.Table:
    names = [str(at) for at in range(width)]

    def parse(block: int) -> pa.Table:
        return csv.read_csv(
            pa.BufferReader(body),
            csv.ReadOptions(column_names=names, block_size=block),
            csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=_judged),
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
        raise UnevenError(str(error)) from None


def _judged(row: csv.InvalidRow) -> str:
    return "error" if row.text.strip() else "skip"  # a line of blanks is no row
