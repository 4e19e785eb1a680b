"""Numbers: standardised, or a feature for each quantile bin."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import Float64Array
from recsys.data.features.encoders.base import ColumnEncoder, Fitting, Notation
from recsys.data.features.encoders.column import SourceColumn
from recsys.data.features.encoders.sparse import from_entries
from recsys.data.numbers import distinct_texts, numbers, separator_hint, separator_use
from recsys.reporter import Reporter, quiet


class NumberEncoder(ColumnEncoder):
    """The standardised number, or one of its quantile bins. A missing number has no entry, as if it were the mean."""

    type: Literal["number"] = "number"
    mean: float
    """The mean of the known numbers."""
    deviation: float
    """Their standard deviation; 0 if they are all equal."""
    edges: tuple[float, ...] | None = None
    """The edges between the bins, ascending; None for the standardised number."""
    notation: Notation = Notation()

    @property
    def names(self) -> list[str]:
        """The column's name, or one name for each bin."""
        if self.edges is None:
            return [self.column]
        low, high = ("", *(f"{edge:g}" for edge in self.edges)), (*(f"{edge:g}" for edge in self.edges), "")
        return [f"{self.column}={one}..{other}" for one, other in zip(low, high, strict=True)]

    def encode(self, column: SourceColumn, reporter: Reporter = quiet) -> csr_array:  # noqa: ARG002 - of the protocol
        """Return the rows (N, 1) or (N, bins)."""
        values = numbers_of(column, self.notation)
        rows = np.flatnonzero(~np.isnan(values))
        if self.edges is not None:
            bins = np.searchsorted(self.edges, values[rows], side="right")
            return from_entries(rows, bins, np.ones(len(rows)), (len(column), len(self.edges) + 1))
        scaled = (values[rows] - self.mean) / self.deviation if self.deviation else np.zeros(len(rows))
        return from_entries(rows, np.zeros(len(rows), np.int64), scaled, (len(column), 1))


def fit_numbers(column: SourceColumn, how: Fitting) -> NumberEncoder:
    """Return the encoder of a column of numbers.

    Raises:
        InputError: Some are no numbers.
    """
    values = numbers_of(column, how.notation)
    known = np.sort(values[~np.isnan(values)])  # so that the order of the ids has no effect on any digit
    mean, deviation = (float(known.mean()), float(known.std())) if len(known) else (0.0, 0.0)
    if not deviation > 1e-12 * abs(mean):  # the rounding of equal numbers
        deviation = 0.0
    edges = None
    if how.type.bins is not None and len(known):
        cuts = np.unique(np.quantile(known, np.linspace(0, 1, how.type.bins + 1)[1:-1], method="higher"))
        edges = tuple(float(cut) for cut in cuts if cut > known[0])
    return NumberEncoder(
        column=column.name, known=len(known), mean=mean, deviation=deviation, edges=edges, notation=how.notation
    )


def numbers_of(column: SourceColumn, notation: Notation) -> Float64Array:
    """The numbers of a column (N,), NaN for a missing one.

    Raises:
        InputError: A cell is no number, is infinite, or may be two numbers.
    """
    cells = column.single_cells
    values = numbers(cells, notation.decimal, notation.thousands)
    bad = np.isnan(values) & cells.is_valid().to_numpy()
    if bad.any():
        hint = separator_hint(distinct_texts(cells)) or "expected numbers; leave the cell empty if there is none"
        column.refuse(bad, "not numeric", hint)
    column.refuse(np.abs(values) > 1e30, "beyond all bounds", "expected numbers from -1e30 to 1e30")
    texts = distinct_texts(cells) if notation.decimal == "." and notation.thousands is None else []
    if separator_use(texts, ".") in ("groups", "either"):
        first = next(text for text in texts if "." in text)
        raise column.error(
            f"has {first}, which may be {first.replace('.', '')}, or a number with a fraction",
            "if the point separates groups of three digits, set data.decimal = ',' and data.thousands = '.'; if it is "
            'the decimal separator, set data.thousands = ""',
        )
    return values
