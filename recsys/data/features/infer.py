"""Infer the type of a column by its cells, or say why it is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from recsys.arrays import Float64Array
from recsys.data.events import toml_key
from recsys.data.features.encoders.base import Notation
from recsys.data.features.encoders.column import SourceColumn, is_list, is_text
from recsys.data.features.encoders.date import YEARS, dates_as_years
from recsys.data.features.encoders.flag import FLAGS
from recsys.data.features.encoders.parts import literal
from recsys.data.features.settings import ColumnType, Kind
from recsys.data.numbers import numbers, separator_hint
from recsys.errors import InputError

__all__ = ["LeftOut", "infer_type", "is_unique"]

_NEARLY = 0.9
"""The share of distinct cells from which texts are titles, and the share of brackets from which cells are lists."""
_LONG = 8
"""The average number of words from which texts are descriptions."""
_SENTENCE = 4
"""The average number of words from which repeated texts are no categories."""
_SEPARATORS = {"|": 0.01, ";": 0.05, ",": 0.1}
"""The least share of cells with each separator of categories."""
_REPEATED = 0.5
"""The most distinct parts, as a share of all parts, of categories."""
_PART = 3
"""The most words of a category, on average."""
_SAMPLE = 20_000
"""The number of distinct texts that inference reads."""
_RECENT = (1850, 2050)
"""Whole numbers that are years whatever their column is called."""
_CODE = re.compile(
    r"(?i)(^|[\W_]|(?<=[a-z]))(ids?|codes?|zip|zip_?codes?|postcodes?|isbn\d*|class|type|category|group)$"
)
"""Names of columns whose numbers are codes."""
_DATE = re.compile(r"(?i)year|date|released|jahr|published|datum")
_NUMBERS = re.compile(r"[\[(]?\s*[-+]?[0-9.]+(e[-+]?\d+)?([\s,;|]+[-+]?[0-9.]+(e[-+]?\d+)?)+\s*[\])]?", re.IGNORECASE)


@dataclass(frozen=True)
class LeftOut:
    """Why a column is left out."""

    why: str
    unique: bool = False
    """Whether the reason is that each row has a different value."""


def infer_type(column: SourceColumn, notation: Notation) -> ColumnType | LeftOut:
    """Return the type of a column.

    Raises:
        InputError: Its numbers have signs that the notation does not explain.
    """
    kind = column.cells.type
    if not column.filled:
        return LeftOut("it is empty")
    if is_list(kind):
        return _of_lists(column)
    if pa.types.is_boolean(kind):
        return ColumnType(type="flag")
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return ColumnType(type="date")
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _of_numbers(column.name, numbers(column.cells))
    if not is_text(kind):
        return LeftOut(f"its cells are of type {kind}")
    return _of_texts(column, notation)


def _of_lists(column: SourceColumn) -> ColumnType | LeftOut:
    kind = column.cells.type.value_type
    if pa.types.is_nested(kind):
        return LeftOut(f"its lists hold values of type {kind}")
    return ColumnType(type="vector" if pa.types.is_floating(kind) else "categories")


def _of_numbers(name: str, values: Float64Array) -> ColumnType | LeftOut:
    """The type of a column of numbers; NaN stands for a missing one."""
    known = values[~np.isnan(values)]
    there = np.unique(known)
    whole = bool((there == np.floor(there)).all())
    if len(there) <= 2 and set(there.tolist()) <= {0.0, 1.0}:
        return ColumnType(type="flag")
    if not whole:
        return ColumnType(type="number")
    years = _RECENT if not _DATE.search(name) else YEARS
    if years[0] <= there[0] and there[-1] < years[1]:
        return ColumnType(type="date")
    code = _CODE.search(name) is not None
    if len(there) == len(known) > 2 and (code or there[-1] - there[0] + 1 == len(there)):
        return LeftOut("its numbers are different in each row, as ids are", unique=True)
    return ColumnType(type="category" if code else "number")


def _of_texts(column: SourceColumn, notation: Notation) -> ColumnType | LeftOut:
    cells = SourceColumn(column.place, column.name, column.numeric_cells)
    if cells.filled:
        _, texts = cells.texts
        if all(text.lower() in FLAGS for text in texts[:_SAMPLE]):
            return ColumnType(type="flag")
        values = numbers(cells.cells, notation.decimal, notation.thousands)
        if np.isnan(values).sum() == len(cells) - cells.filled and not _are_padded(texts):
            return _of_numbers(column.name, values)
        _refuse_other_notation(cells, texts)
        some = cells.cells[:_SAMPLE]
        if some.null_count < len(some) and np.isnan(dates_as_years(some, notation)).sum() == some.null_count:
            return ColumnType(type="date")
    return _of_words(column)


def _are_padded(texts: Sequence[str]) -> bool:
    """Whether numbers have zeros in front, as codes have."""
    return any(len(text) > 1 and text[0] == "0" and text.isdecimal() for text in texts)


def _refuse_other_notation(column: SourceColumn, texts: Sequence[str]) -> None:
    """Refuse numbers with a decimal comma or with signs between their groups that `[data]` does not declare."""
    for decimal, thousands in ((",", "."), (".", ","), (".", " "), (".", "'")):
        values = numbers(column.cells, decimal, thousands)
        if np.isnan(values).sum() == len(column) - column.filled and not _are_padded(texts):
            hint = separator_hint(list(texts)) or f"set data.decimal = {decimal!r} or data.thousands = {thousands!r}"
            key = f'types = {{ {toml_key(column.name)} = "categories" }}'
            raise column.error(
                f"has numbers such as {texts[0]!r}", f"{hint}; if they are lists of categories, set {key}"
            )


def _of_words(column: SourceColumn) -> ColumnType | LeftOut:
    _, texts = column.texts
    some = texts[:_SAMPLE]
    if sum(text[0] in "[(" and text[-1] in ")]" for text in some) >= _NEARLY * len(some):
        return _of_brackets(some)
    if all(map(_NUMBERS.fullmatch, some)) and any("." in text for text in some):
        return ColumnType(type="vector")
    for separator, share in _SEPARATORS.items():
        if sum(separator in text for text in some) >= share * len(some) and _are_categories(some, separator):
            return ColumnType(type="categories", separator=separator)
    words = float(np.mean([len(text.split()) for text in some]))
    if len(texts) >= _NEARLY * column.filled and len(texts) > 1:
        if words >= _LONG:
            return ColumnType(type="text")
        return LeftOut("nearly every row has a different value, as titles and ids have", unique=True)
    return ColumnType(type="text" if words >= _SENTENCE else "category")


def _of_brackets(texts: Sequence[str]) -> ColumnType | LeftOut:
    """The type of lists that are written in brackets."""
    lists = [found for text in texts if (found := literal(text)) is not None]
    parts = [part for each in lists for part in each]
    if any(isinstance(part, dict | list | tuple | set) for part in parts):
        return LeftOut("its lists hold structures")
    if parts and all(isinstance(part, float | int) and not isinstance(part, bool) for part in parts):
        return ColumnType(type="vector" if any(isinstance(part, float) for part in parts) else "categories")
    kind: Kind = "categories" if lists else "vector" if all(map(_NUMBERS.fullmatch, texts)) else "category"
    return ColumnType(type=kind)


def _are_categories(texts: Sequence[str], separator: str) -> bool:
    """Whether the parts of texts are words that occur again and again."""
    parts = [part.strip() for text in texts for part in text.split(separator) if part.strip()]
    return (
        len(parts) > 0
        and len(set(parts)) <= _REPEATED * len(parts)
        and float(np.mean([len(part.split()) for part in parts])) <= _PART
    )


def is_unique(column: SourceColumn, type_: ColumnType) -> bool:
    """Whether a column of categories has a different one in each of two or more rows, as ids have."""
    if type_.type != "category" or column.filled < 2:
        return False
    _, texts = column.texts
    return len(texts) == column.filled


def unique_error(column: SourceColumn, section: str) -> InputError:
    """The error for a named column that has a different value in each row."""
    words = f'{section}.types = {{ {toml_key(column.name)} = "text" }}'
    return column.error(
        "has a different value in each row, as ids have, which says nothing about other rows",
        f"leave it out of {section}.features, or set {words} to use its words",
    )
