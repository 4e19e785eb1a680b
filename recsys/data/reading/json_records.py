"""Rows of JSON, whatever form it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from recsys.data.reading.content import decoded, unpacked
from recsys.data.reading.formats import Format
from recsys.data.reading.json_forms import rows_of
from recsys.data.reading.rows import NoRowsError, Rows, Wanted, no_column
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

_EXACT = 2**53


def read_json(path: Path, form: Format, wanted: Wanted, encoding: str | None, reporter: Reporter) -> Rows:
    """The wanted members of every object; one that an object does not have is null.

    Raises:
        InputError: It is no such JSON, no object has a member of that name, or its values are of several types.
    """
    place = shown(path, 200)
    content, _ = decoded(unpacked(path, form.compression), encoding, place)
    found = rows_of(content, place, list(wanted.values()))
    word = "line" if found.in_lines else "row"
    cells: dict[str, list[Any]] = {role: [] for role in wanted}
    names: dict[str, None] = {}
    lines: list[int | str] = []
    for number, each in found.rows:
        if not isinstance(each, dict):
            raise InputError(f"{place}: {word} {number} is no object: {shown(repr(each))}")
        lines.append(number)
        names |= dict.fromkeys(each)
        for role, name in wanted.items():
            cells[role].append(each.get(name))
    if not lines:
        raise NoRowsError(place)
    for name in wanted.values():
        if name not in names:
            raise no_column(place, name, names)
    if found.note:
        reporter(found.note)
    table = pa.table({role: _column(values, str(wanted[role]), place) for role, values in cells.items()})
    return Rows(place, table, lambda: lines, word, columns=list(map(str, names)))


def names_of_json(path: Path, form: Format) -> list[str]:
    """The members of the first object."""
    place = shown(path, 200)
    content, _ = decoded(unpacked(path, form.compression), None, place)
    _, first = next(rows_of(content, place).rows, (0, None))
    if first is None:
        raise InputError(f"{place}: the table has no rows")
    return list(first) if isinstance(first, dict) else []


def _column(values: list[Any], name: str, place: str) -> pa.Array:
    """Values of one type, exactly as they are; whole numbers are text beside text, or where they need over 64 bits."""
    types = {type(value) for value in values if value is not None}
    large = types == {int} and not all(value is None or -(2**63) <= value < 2**63 for value in values)
    if large or types == {int, str}:
        return pa.array([None if value is None else str(value) for value in values])
    try:
        if types == {int, float}:
            if any(type(value) is int and abs(value) > _EXACT for value in values):
                raise ValueError  # noqa: TRY301 - too large to stand beside numbers with a point
            return pa.array([None if value is None else float(value) for value in values], pa.float64())
        if len(types) > 1:
            raise ValueError  # noqa: TRY301 - as Arrow says of what it cannot hold together
        return pa.array(values)
    except UnicodeEncodeError as error:
        raise InputError(f"{place}: the values of {name!r} have half of a letter: {shown(error.object)}") from None
    except (ValueError, TypeError, pa.ArrowException):
        names = ", ".join(sorted(kind.__name__ for kind in types))
        raise InputError(f"{place}: the values of {name!r} are of several types ({names}); make them one") from None
