"""Split labels: the part of a split that the data assign to each row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recsys.data.missing import LEAVE_OUT
from recsys.data.numbers import distinct
from recsys.data.reading.rows import Rows
from recsys.errors import InputError, shown

TRAIN, VALIDATION, TEST = range(3)
PART_NAMES = {
    **dict.fromkeys(("train", "training"), TRAIN),
    **dict.fromkeys(("valid", "validation", "val", "dev"), VALIDATION),
    **dict.fromkeys(("test", "testing"), TEST),
}
"""The names of the parts in a column, in lower case."""
_SHOWN = 5


def split_labels_of(rows: Rows, column: object) -> npt.NDArray[np.int8]:
    """The part of each row, (N,).

    Args:
        rows: With a column `split`.
        column: The column's name in the file.

    Raises:
        InputError: A row has no part, or one of another name. The message counts them by name.
    """
    labels = rows.table.column("split")
    rows.refuse(labels.is_null(), "no part in the column of the split", LEAVE_OUT % '[""]')
    codes, values = distinct(labels.cast(pa.string()))
    names = [str(value) for value in values.to_pylist()]
    parts = np.array([PART_NAMES.get(name.strip().lower(), -1) for name in names], np.int8)
    if (parts < 0).any():
        counts = np.bincount(codes, minlength=len(names))
        odd = [f"{shown(repr(names[at]))} ({counts[at]:,} rows)" for at in np.flatnonzero(parts < 0)]
        more = f" and {len(odd) - _SHOWN:,} others" if len(odd) > _SHOWN else ""
        raise InputError(
            f"{rows.place}: column {column!r} says {', '.join(odd[:_SHOWN])}{more}: expected train, valid or test"
        )
    return np.asarray(parts[codes])
