"""What every encoder of a column has, and what it is fitted with."""

from __future__ import annotations

from dataclasses import dataclass, field

from scipy.sparse import csr_array

from recsys.data.features.encoders.column import SourceColumn
from recsys.data.features.settings import ColumnType
from recsys.reporter import Reporter, quiet
from recsys.settings import Settings

SEEN = 2
"""The fewest ids with a value, such as a category, for it to say anything about other ids."""


class Notation(Settings):
    """How numbers and dates are written in text."""

    decimal: str = "."
    """As `data.decimal`."""
    thousands: str | None = None
    """As `data.thousands`."""
    time_format: str | None = None
    """As `data.time_format`."""


@dataclass(frozen=True)
class Fitting:
    """What an encoder is fitted with besides its column."""

    type: ColumnType
    """The column's type and its options."""
    notation: Notation = field(default_factory=Notation)
    reporter: Reporter = quiet


class ColumnEncoder(Settings):
    """Turns the cells of one source column into features. Its fields are its whole state, and JSON."""

    column: str
    """The source column."""
    known: int
    """The number of ids with a value among those that it was fitted on."""

    @property
    def names(self) -> list[str]:
        """The name of each feature (F,)."""
        raise NotImplementedError

    def encode(self, column: SourceColumn, reporter: Reporter = quiet) -> csr_array:
        """Return the rows (N, F) of a column's cells.

        Raises:
            InputError: A value is impossible. The message names the column and what would be right.
        """
        raise NotImplementedError
