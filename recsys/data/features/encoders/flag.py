"""Flags: yes or no."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import Float64Array
from recsys.data.features.encoders.base import ColumnEncoder, Fitting
from recsys.data.features.encoders.column import SourceColumn
from recsys.data.features.encoders.sparse import from_entries
from recsys.reporter import Reporter, quiet

FLAGS = {
    **dict.fromkeys(("yes", "true", "y", "t", "1", "1.0", "on"), 1.0),
    **dict.fromkeys(("no", "false", "n", "f", "0", "0.0", "off"), 0.0),
}
"""The words of flags in lower case."""


class FlagEncoder(ColumnEncoder):
    """One feature, 1 for yes. No and a missing value have no entry."""

    type: Literal["flag"] = "flag"

    @property
    def names(self) -> list[str]:
        """The column's name."""
        return [self.column]

    def encode(self, column: SourceColumn, reporter: Reporter = quiet) -> csr_array:  # noqa: ARG002 - of the protocol
        """Return the rows (N, 1)."""
        rows = np.flatnonzero(flags_of(column) == 1)
        return from_entries(rows, np.zeros(len(rows), np.int64), np.ones(len(rows)), (len(column), 1))


def fit_flags(column: SourceColumn, how: Fitting) -> FlagEncoder:  # noqa: ARG001 - of the protocol
    """Return the encoder of a column of flags.

    Raises:
        InputError: Some are neither yes nor no.
    """
    return FlagEncoder(column=column.name, known=int((~np.isnan(flags_of(column))).sum()))


def flags_of(column: SourceColumn) -> Float64Array:
    """1 for yes, 0 for no, NaN for a missing value (N,).

    Raises:
        InputError: A cell is neither.
    """
    cells = column.numeric_cells
    codes, texts = SourceColumn(column.place, column.name, cells).texts
    found = np.array([FLAGS.get(text.lower(), np.inf) for text in texts] + [np.nan])[codes]
    column.refuse(np.isinf(found), "neither yes nor no", "expected yes or no, true or false, 1 or 0")
    return np.asarray(found)
