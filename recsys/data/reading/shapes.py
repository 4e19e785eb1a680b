"""What a table looks like that has no row for every event: a matrix, or lists; told by its first rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from recsys.data.reading.list_cells import in_brackets
from recsys.data.reading.separators import sampled

Shape = Literal["wide", "lists"]

LISTS = "data.shape = 'lists', data.feedback = 'implicit', data.header = false, data.columns = { user = 1, item = 2 }"
"""What reads lines of a person and their items."""
_MANY = 8
"""Columns from which on a table may be a matrix."""
_VALUES = 101
"""Different numbers in the cells of a matrix, at most, as from 0 to 10 in tenths."""
_MOST = 0.9
_FEW = 3
_SEPARATORS = ("\t", ",", ";", "|", " ")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_ID = re.compile(r"[A-Za-z]{0,3}-?[0-9]+(-[01])?")


def looks_wide(header: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are a matrix: many columns of few different numbers, or empty ones, behind one of people.

    A header of which most names are whole numbers, or that has far more names than there are roles, is one of items.
    """
    if len(rows) < _FEW or len(rows[0]) < _MANY:
        return False
    cells = [cell.strip() for row in rows for cell in row[1:]]
    filled = [cell for cell in cells if cell]
    numeric = [cell for cell in filled if _NUMBER.fullmatch(cell)]
    if not filled or len(numeric) < _MOST * len(filled) or not _are_ratings(numeric, len(rows[0])):
        return False
    if not _are_different([row[0] for row in rows]):
        return False
    return (
        header is None or sum(name.strip().isdecimal() for name in header) > len(header) / 2 or len(header) > 4 * _MANY
    )


def looks_bare(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are a matrix without a column of people: in the first column too are no more than a few numbers."""
    if len(rows) < _FEW or len(rows[0]) < 2 * _MANY or _are_different([row[0] for row in rows]):
        return False
    cells = [cell.strip() for row in rows for cell in row if cell.strip()]
    return bool(cells) and all(map(_NUMBER.fullmatch, cells)) and _are_ratings(cells, len(rows[0]))


def _are_different(people: Sequence[str]) -> bool:
    return len(set(people)) >= _MOST * len(people)


def _are_ratings(numbers: Sequence[str], width: int) -> bool:
    """Whether numbers may be what people gave: few different ones, or in many columns all from -100 to 100."""
    if len(set(numbers)) <= _VALUES:
        return True
    return width > 2 * _MANY and all(abs(float(number.replace(",", "."))) <= 100 for number in numbers)


def looks_ragged(content: bytes, separator: str | None) -> bool:
    """Whether the lines of a text are lists: ids in them all, and not as many in each."""
    rows = [fields for _, fields in lines_of(sampled(content), separator)]
    widths = {len(row) for row in rows}
    fields = [field.strip() for row in rows for field in row if field.strip()]
    return len(rows) >= _FEW and len(widths) > 1 and max(widths) > _FEW and all(map(_is_id, fields))


def _is_id(field: str) -> bool:
    return len(field) < 64 and not set(field) & set("\"'[](){} ") and any(letter.isdecimal() for letter in field)


def lines_of(content: bytes, separator: str | None) -> list[tuple[int, list[str]]]:
    """The lines that are not blank, each with its number and its fields, between which most lines have a separator."""
    if separator is None:
        sample = [line.strip().decode(errors="replace") for line in sampled(content).splitlines() if line.strip()]
        separator = max(_SEPARATORS, key=lambda each: sum(each in line for line in sample))
    lines = ((number, line.decode(errors="replace")) for number, line in enumerate(content.splitlines(), 1))
    return [
        (number, line.split(separator) if separator.strip(" ") else line.split())
        for number, line in lines
        if line.strip()
    ]


def look_like_lists(cells: Iterable[str | None]) -> str | None:
    """A cell that is a list, where nearly all are: in brackets, or three ids and more on average; else None."""
    there = [cell.strip() for cell in cells if cell and cell.strip()]
    if len(there) < _FEW:
        return None
    bracketed = [cell for cell in there if in_brackets(cell)]
    if len(bracketed) >= _MOST * len(there) and any(re.search(r"[,\s]", cell.strip("[](){} ")) for cell in bracketed):
        return max(bracketed, key=len)
    split = [re.split(r"\s*[,;| ]\s*", cell) for cell in there]
    if sum(all(map(_ID.fullmatch, each)) for each in split) < _MOST * len(split):
        return None
    lengths = [len(each) for each in split]  # of an ISBN in groups every one has as many
    return max(there, key=len) if sum(lengths) >= _FEW * len(split) and len(set(lengths)) >= _FEW else None
