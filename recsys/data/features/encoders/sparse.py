"""Sparse rows from their entries."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import AnyArray


def from_entries(rows: AnyArray, columns: AnyArray, values: AnyArray, shape: tuple[int, int]) -> csr_array:
    """Return float32 rows (N, F) with these entries (P,), without those that are 0.

    Args:
        rows: The row of each entry, ascending.
        columns: The column of each entry; each pair of a row and a column occurs once.
        values: The value of each entry.
        shape: N and F.
    """
    values = values.astype(np.float32)
    kept = values != 0
    starts = np.zeros(shape[0] + 1, np.int64)
    np.cumsum(np.bincount(rows[kept], minlength=shape[0]), out=starts[1:])
    index = np.int32 if starts[-1] < np.iinfo(np.int32).max else np.int64
    found = csr_array((values[kept], columns[kept].astype(index), starts.astype(index)), shape=shape)
    found.sort_indices()
    return found
