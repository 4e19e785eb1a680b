"""`[data.columns]` and `[data.titles]`: the columns of each table."""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from recsys.data.reading.formats import format_of
from recsys.errors import shown
from recsys.settings import Settings


def _check_column(column: Any) -> Any:
    if (
        not isinstance(column, str | int)
        or isinstance(column, bool)
        or column in ("", 0)
        or str(column).startswith("-")
    ):
        raise ValueError(f"expected a column's name, or its number counted from 1, not {shown(repr(column))}")
    return column


def _as_tuple(cells: Any) -> Any:
    return tuple(cells) if isinstance(cells, list | tuple) else (cells,)


def _check_separator(separator: str) -> str:
    if not separator or set(separator) & set('\r\n"\0'):
        raise ValueError(f"expected the separator between the columns, not {shown(repr(separator))}")
    return separator


def _check_quote(quote: str) -> str:
    if quote != "none" and (len(quote) != 1 or not quote.isascii() or quote in "\r\n\0" or quote.isalnum()):
        raise ValueError(f"expected the character that quotes cells, or 'none', not {shown(repr(quote))}")
    return quote


def _check_escape(escape: str) -> str:
    if len(escape) != 1 or not escape.isascii() or escape in "\r\n\0" or escape.isalnum():
        raise ValueError(f"expected one character that escapes the next, such as '\\', not {shown(repr(escape))}")
    return escape


def _check_encoding(name: str) -> str:
    try:
        "".encode(name)
        b"".decode(name)
        codecs.lookup(name)
    except (LookupError, ValueError):
        raise ValueError(
            f"expected an encoding of text, such as 'utf-8' or 'cp1252', not {shown(repr(name))}"
        ) from None
    return name


def _check_time_format(form: str) -> str:
    try:
        time.strptime("", form)
    except ValueError as error:
        if "directive" in str(error) or "stray" in str(error):
            raise ValueError(f"expected a format such as '%m/%d/%Y', not {shown(repr(form))}: {error}") from None
    if re.search("%[HIMS]", form) and not re.search("%[YyGjdDmbBxcUVWsu]", form):
        raise ValueError(
            f"{shown(repr(form))} is of times of day, which need a date: name the column of dates as "
            "columns.timestamp and that of times of day as columns.time_of_day"
        )
    return form


Column = Annotated[str | int, BeforeValidator(_check_column, json_schema_input_type=str | Annotated[int, Field(ge=1)])]
"""A column's name, or its number counted from 1."""
Cells = Annotated[tuple[bool | float | str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
"""Values of a cell, such as `["purchase"]` or `[1, true]`."""
Separator = Annotated[str, AfterValidator(_check_separator)]
Quote = Annotated[str, AfterValidator(_check_quote)]
Escape = Annotated[str, AfterValidator(_check_escape)]
Encoding = Annotated[str, AfterValidator(_check_encoding)]
TimeFormat = Annotated[str, AfterValidator(_check_time_format)]


class ColumnSettings(Settings):
    """`[data.columns]`: the names of the columns in the file; in a text also their numbers, counted from 1."""

    user: Column = "user"
    """The column of user ids, whole numbers or text."""
    item: Column = "item"
    """The column of item ids, whole numbers or text."""
    rating: Column = "rating"
    """The column of ratings, numbers; implicit data have none."""
    weight: Column | None = None
    """The column of weights of implicit data, numbers above 0, such as play counts; by default each row weighs 1."""
    event: Column | None = None
    """The column of event types of implicit data, such as `view` and `purchase`, for `event_weights`."""
    timestamp: Column | None = None
    """The column of times, numbers or dates; only the temporal and leave-last splits need it."""
    time_of_day: Column | None = None
    """The column of times of day, such as `17:51:13` or `175113`, if `timestamp` has dates only."""
    split: Column | None = None
    """The column with the part of each row, for `split.kind = "column"`: train, valid (or validation, val, dev) or
    test."""


class TableSettings(Settings):
    """A table besides the ratings: its file, and how a text is written."""

    path: str | None = None
    """A file, or a folder of files, as for `source`; relative to the experiment file."""
    separator: Separator | None = None
    """As `data.separator`."""
    encoding: Encoding | None = None
    """As `data.encoding`."""
    header: bool = True
    """As `data.header`."""
    quote: Quote | None = None
    """As `data.quote`."""
    escape: Escape | None = None
    """As `data.escape`."""


class TitleSettings(TableSettings):
    """`[data.titles]`: a second table with the titles of the items."""

    path: str
    """A file, or a folder of files, as for `source`; relative to the experiment file."""
    item: Column = "item"
    """The column of item ids in it."""
    title: Column = "title"
    """The column of titles in it."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_text(self, self.path, {"item": self.item, "title": self.title}, header=self.header)
        return self


def check_text(settings: Settings, path: str, columns: Mapping[str, str | int], *, header: bool) -> None:
    """Refuse text options for other files, and column names where there is no header.

    Args:
        settings: With `separator`, `encoding`, `header`, `quote` and `escape`.
        path: The file.
        columns: The columns in use, by their keys.
        header: Whether the first line names the columns.

    Raises:
        ValueError: An option does not apply. The message names the key and says why.
    """
    form, file = format_of(PurePath(path)), shown(repr(path))
    numbered = [key for key, column in columns.items() if isinstance(column, int)]
    named = [key for key in columns if key not in numbered]
    if form is not None and form.kind == "parquet":  # without an ending the content says what it is
        settings.refuse(("encoding",), f"{file} says its own")
    if form is not None and form.kind != "text":
        settings.refuse(("separator", "header", "quote", "escape"), f"{file} is not a text with separators")
        if numbered:
            raise ValueError(f"{numbered[0]}: the columns of {file} have names: expected one of them, not a number")
    if named and not header:
        raise ValueError(
            f"{named[0]}: without a header the columns have numbers, counted from 1: expected one, not "
            f"{shown(repr(columns[named[0]]))}"
        )
