"""Rows of several files of one form, such as a training and a test file, as those of one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

import numpy as np
import pyarrow as pa

from recsys.data.reading.rows import Rows


def joined(files: Mapping[str, Rows]) -> Rows:
    """The rows of all files in their order, with a column `split` that says by which name each file stands here.

    Messages name the first file, and the others where a row of theirs is meant.
    """
    several = list(files.values())
    names = [pa.array([name], pa.string()) for name in files]
    splits = [pa.repeat(name[0], len(rows)) for name, rows in zip(names, several, strict=True)]
    columns = {role: _one([rows.table.column(role) for rows in several]) for role in several[0].table.column_names} | {
        "split": pa.chunked_array(splits, pa.string())
    }
    return Rows(" and ".join(rows.place for rows in several), pa.table(columns), _lines(several), several[0].word)


def _one(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """One column after the other; as text, where the files have it in types that do not go together."""
    plain = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column for column in columns
    ]
    tables = [pa.table({"column": column}) for column in plain]
    try:
        return pa.concat_tables(tables, promote_options="permissive").column("column")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.chunked_array([chunk for column in plain for chunk in column.cast(pa.string()).chunks], pa.string())


def _lines(several: Sequence[Rows]) -> Callable[[], Iterable[int | str]]:
    def lines() -> Iterable[int | str]:
        for rows in several:
            places = np.arange(len(rows)) if rows.positions is None else rows.positions
            there = list(islice(rows.lines(), int(places.max(initial=-1)) + 1))
            yield from (f"{there[place]} of {rows.place}" for place in places)

    return lines
