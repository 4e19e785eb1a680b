"""Read JSON: one object per row, or one document of columns or rows as pandas writes it."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from recsys.data.reading.content import decode, read_bytes
from recsys.data.reading.formats import Format
from recsys.data.reading.rows import NoRowsError, Rows, Wanted, missing_column_error
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

_PYTHON = "read in Python's notation with single quotes, which is not JSON"
Numbered = Iterator[tuple[int, Any]]
"""Rows, each with the number of its line or row."""
_EXACT = 2**53


class JsonRows(NamedTuple):
    """Rows of JSON and their layout."""

    rows: Numbered
    in_lines: bool
    """Whether rows are numbered by lines."""
    note: str = ""
    """A note on the layout, or an empty string."""


def json_rows(content: bytes, place: str, columns: Sequence[object] = ()) -> JsonRows:
    """Return the rows of a document. The caller checks that each is an object.

    Args:
        content: The document in UTF-8.
        place: The file's name in messages.
        columns: Wanted names, which distinguish columns of rows from rows of columns.

    Raises:
        InputError: The document is not JSON, or not a table.
    """
    start = content.lstrip()[:1]
    if start == b"[":
        array, note = _array(content, place)
        return JsonRows(zip(count(1), array, strict=False), in_lines=False, note=note)
    first, second = _first_lines(content)
    if _is_python(first):
        return JsonRows(_python_lines(content, place), in_lines=True, note=f"{place}: {_PYTHON}")
    if start != b"{" or (second and _is_json(first)):
        return JsonRows(_json_lines(content, place), in_lines=True)
    try:
        document = json.loads(content, object_pairs_hook=_without_repeats)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    except (ValueError, RecursionError):
        return JsonRows(_json_lines(content, place), in_lines=True)  # which says where the fault is
    records = _rows_of_document(document, place, columns)
    if records is None:
        return JsonRows(iter([(1, document)]), in_lines=True)
    found, what = records
    return JsonRows(zip(count(1), found, strict=False), in_lines=False, note=f"{place}: read as {what}")


def _rows_of_document(document: Any, place: str, columns: Sequence[object]) -> tuple[Iterator[Any], str] | None:
    """The rows of one object that holds a table, and the name of its layout; None for an object that is a row."""
    if not isinstance(document, dict) or not document:
        return None
    values = list(document.values())
    if {"columns", "data"} <= set(document):
        return _rows_of_split(document, place), "pandas' orient = 'split': the names of the columns beside the rows"
    if all(isinstance(value, dict) for value in values):
        inner = values[0]
        named = any(name in inner for name in columns), any(name in document for name in columns)
        rather_rows = len(document) > len(inner) or (_are_numbers(document) and not _are_numbers(inner))
        if named == (True, False) or (named[0] == named[1] and rather_rows):
            return iter(values), "pandas' orient = 'index': an object of rows"
        return _by_index(document, place), "pandas' orient = 'columns': an object of columns"
    if len(values) > 1 and all(isinstance(value, list) for value in values) and any(len(value) > 1 for value in values):
        return _by_position(document, place), "an object of columns, each of them a list"
    tables = [value for value in values if isinstance(value, list) and value and isinstance(value[0], dict)]
    if len(tables) == 1 and not any(name in document for name in columns):
        return iter(tables[0]), "the one list of objects within the document"
    return None


def _are_numbers(names: Iterable[str]) -> bool:
    return all(name.isdecimal() for name in names)


def _rows_of_split(document: Mapping[str, Any], place: str) -> Iterator[Any]:
    names, data = document["columns"], document["data"]
    if not isinstance(names, list) or not isinstance(data, list):
        raise InputError(f"{place}: its 'columns' and 'data' are not lists, as in pandas' orient = 'split'")
    for number, row in enumerate(data, 1):
        if not isinstance(row, list) or len(row) != len(names):
            raise InputError(
                f"{place}: row {number} does not have {len(names)} values, one per column: {shown(repr(row))}"
            )
        yield dict(zip(map(str, names), row, strict=True))


def _by_index(document: Mapping[str, Mapping[str, Any]], place: str) -> Iterator[Any]:
    index: dict[str, None] = {}
    for column in document.values():
        index |= dict.fromkeys(column)
    for name, column in document.items():
        if len(column) != len(index):
            raise InputError(f"{place}: column {name!r} has {len(column):,} values where others have {len(index):,}")
    return ({name: column[row] for name, column in document.items()} for row in index)


def _by_position(document: Mapping[str, list[Any]], place: str) -> Iterator[Any]:
    lengths = {name: len(column) for name, column in document.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(f"{place}: its columns differ in length: {shown(lengths, 200)}")
    return (dict(zip(document, row, strict=True)) for row in zip(*document.values(), strict=True))


def _array(content: bytes, place: str) -> tuple[list[Any], str]:
    """The values of an array, and a note."""
    note = ""
    try:
        found: list[Any] = json.loads(content)
    except (ValueError, RecursionError) as error:
        read = _literal(content)
        if not isinstance(read, list):
            raise _json_error(place, error) from None
        found, note = read, f"{place}: {_PYTHON}"
    if found and isinstance(found[0], list):
        raise InputError(
            f"{place}: its rows are lists of values without names, as by pandas' orient = 'values': write objects, "
            "by orient = 'records'"
        )
    return found, note


def _without_repeats(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that has a name twice, because one value would be lost."""
    found = dict(members)
    if len(found) < len(members):
        (name, _), *_ = Counter(name for name, _ in members).most_common(1)
        raise InputError(f"an object has the name {name!r} more than once")
    return found


def _first_lines(content: bytes) -> tuple[bytes, bytes]:
    """The first two lines that are not blank; empty if there are fewer."""
    lines = (line for line in content[: 1 << 20].splitlines() if line.strip())
    return next(lines, b""), next(lines, b"")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _is_python(line: bytes) -> bool:
    """Whether a line is an object in Python's notation and not JSON."""
    if not line.lstrip().startswith(b"{") or _is_json(line):
        return False
    return isinstance(_literal(line), dict)


def _literal(text: bytes) -> Any:
    """A value in Python's notation, or None. Only literals are read; nothing is executed."""
    try:
        return ast.literal_eval(text.decode().strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _json_lines(content: bytes, place: str) -> Numbered:
    for number, line in zip(count(1), content.splitlines(), strict=False):
        if line.strip():
            yield number, _loaded(line, f"{place}: line {number}")


def _python_lines(content: bytes, place: str) -> Numbered:
    for number, line in zip(count(1), content.splitlines(), strict=False):
        if line.strip():
            if not isinstance(found := _literal(line), dict):
                raise InputError(
                    f"{place}: line {number} is not an object in Python's notation: {shown(line.decode())}"
                )
            yield number, found


def _loaded(text: bytes, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _json_error(place, error) from None


def _json_error(place: str, error: Exception) -> InputError:
    return InputError(f"{place} is not JSON with an object per line or an array of objects: {error}")


def read_json(path: Path, form: Format, wanted: Wanted, encoding: str | None, reporter: Reporter) -> Rows:
    """Read the wanted members of every object. A missing member is null.

    Raises:
        InputError: The file is not such JSON, no object has a wanted member, or a member's values have several
            types.
    """
    place = shown(path, 200)
    content, _ = decode(read_bytes(path, form.compression), encoding, place)
    found = json_rows(content, place, list(wanted.values()))
    word = "line" if found.in_lines else "row"
    cells: dict[str, list[Any]] = {role: [] for role in wanted}
    names: dict[str, None] = {}
    lines: list[int | str] = []
    for number, each in found.rows:
        if not isinstance(each, dict):
            raise InputError(f"{place}: {word} {number} is not an object: {shown(repr(each))}")
        lines.append(number)
        names |= dict.fromkeys(each)
        for role, name in wanted.items():
            cells[role].append(each.get(name))
    if not lines:
        raise NoRowsError(place)
    for name in wanted.values():
        if name not in names:
            raise missing_column_error(place, name, names)
    if found.note:
        reporter(found.note)
    table = pa.table({role: _column(values, str(wanted[role]), place) for role, values in cells.items()})
    return Rows(place, table, lambda: lines, word, columns=list(map(str, names)))


def names_of_json(path: Path, form: Format) -> list[str]:
    """The names of the first object's members."""
    place = shown(path, 200)
    content, _ = decode(read_bytes(path, form.compression), None, place)
    _, first = next(json_rows(content, place).rows, (0, None))
    if first is None:
        raise InputError(f"{place}: the table has no rows")
    return list(first) if isinstance(first, dict) else []


def _column(values: list[Any], name: str, place: str) -> pa.Array:
    """Values as an array of one type, unchanged. Whole numbers become text beside text, or beyond 64 bits."""
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
        raise InputError(f"{place}: the values of {name!r} have an unpaired surrogate: {shown(error.object)}") from None
    except (ValueError, TypeError, pa.ArrowException):
        names = ", ".join(sorted(kind.__name__ for kind in types))
        raise InputError(f"{place}: the values of {name!r} are of several types ({names}); use one type") from None
