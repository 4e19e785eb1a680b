"""The encoder of a table: the encoders of its columns, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
from pydantic import Field
from scipy.sparse import csr_array, hstack

from recsys.data.features.encoders.base import Fitting
from recsys.data.features.encoders.category import CategoryEncoder, fit_categories
from recsys.data.features.encoders.column import SourceColumn
from recsys.data.features.encoders.date import DateEncoder, fit_dates
from recsys.data.features.encoders.flag import FlagEncoder, fit_flags
from recsys.data.features.encoders.number import NumberEncoder, fit_numbers
from recsys.data.features.encoders.text import TextEncoder, fit_texts
from recsys.data.features.encoders.vector import VectorEncoder, fit_vectors
from recsys.data.features.settings import Kind
from recsys.errors import InputError, shown
from recsys.reporter import Reporter, quiet
from recsys.settings import Settings

__all__ = ["FITS", "AnyEncoder", "FeatureEncoder", "side_by_side"]

AnyEncoder = Annotated[
    CategoryEncoder | NumberEncoder | DateEncoder | FlagEncoder | TextEncoder | VectorEncoder,
    Field(discriminator="type"),
]
FITS: Mapping[Kind, Callable[[SourceColumn, Fitting], AnyEncoder]] = {
    "category": fit_categories,
    "categories": fit_categories,
    "number": fit_numbers,
    "date": fit_dates,
    "flag": fit_flags,
    "text": fit_texts,
    "vector": fit_vectors,
}
"""The function that fits the encoder of each type."""


class FeatureEncoder(Settings):
    """Encodes the columns of further ids as those of the catalogue. Its JSON is its whole state."""

    encoders: tuple[AnyEncoder, ...]
    """One encoder for each source column."""
    ids: int
    """The number of ids that it was fitted on."""

    @property
    def names(self) -> list[str]:
        """The name of each feature (F,)."""
        return [name for encoder in self.encoders for name in encoder.names]

    @property
    def columns(self) -> list[str]:
        """The source column of each feature (F,)."""
        return [encoder.column for encoder in self.encoders for _ in encoder.names]

    def encode(
        self, table: pa.Table | Mapping[str, Sequence[Any]], place: str = "features", reporter: Reporter = quiet
    ) -> csr_array:
        """Return the rows (N, F) of a table with some of the columns. A column that it lacks is missing for all.

        Args:
            table: The values by column: a pyarrow table, or a mapping of sequences of one length.
            place: The table's name in messages.
            reporter: Receives notes on categories that are not known.

        Raises:
            InputError: There is no such column, or a value is impossible.
        """
        given = _columns(table, place)
        known = [encoder.column for encoder in self.encoders]
        for name in given:
            if name not in known:
                raise InputError(f"{place}: no column {shown(repr(name))}; there are {', '.join(map(repr, known))}")
        lengths = {len(column) for column in given.values()}
        if len(lengths) > 1:
            raise InputError(f"{place}: its columns have different lengths: {', '.join(map(str, sorted(lengths)))}")
        count = lengths.pop() if lengths else 0
        missing = pa.chunked_array([pa.nulls(count)])
        return side_by_side(
            [
                encoder.encode(given.get(encoder.column, SourceColumn(place, encoder.column, missing)), reporter)
                for encoder in self.encoders
            ],
            count,
        )

    def encode_one(self, values: Mapping[str, Any], place: str = "features", reporter: Reporter = quiet) -> csr_array:
        """Return the row (1, F) of one id with a value for some of the columns.

        Raises:
            InputError: There is no such column, or a value is impossible.
        """
        rows = self.encode({name: [value] for name, value in values.items()}, place, reporter)
        return rows if values else csr_array((1, rows.shape[1]), dtype=np.float32)

    def to_json(self) -> str:
        """Return the state as JSON."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> FeatureEncoder:
        """Return the encoder that `to_json` wrote."""
        return cls.model_validate_json(text)


def side_by_side(blocks: Sequence[csr_array], rows: int) -> csr_array:
    """The features of several columns in one table (N, F), float32."""
    if not blocks:
        return csr_array((rows, 0), dtype=np.float32)
    found = csr_array(hstack(blocks, format="csr", dtype=np.float32))
    found.sort_indices()
    return found


def _columns(table: pa.Table | Mapping[str, Sequence[Any]], place: str) -> dict[str, SourceColumn]:
    if isinstance(table, pa.Table):
        return {name: SourceColumn(place, name, table.column(name)) for name in table.column_names}
    return {name: SourceColumn.of_values(place, name, values) for name, values in table.items()}
