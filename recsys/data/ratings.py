"""The table of ratings and the catalogue of its ids, in compact coded form."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All user and item ids of a data set, coded 0…n-1 in sorted order. Public, unlike the test ratings.

    The code n, one past the last, is the spare row of every embedding table: it stands for any id that
    is not in the catalogue.
    """

    user_ids: pd.Index[Any]
    item_ids: pd.Index[Any]
    titles: npt.NDArray[np.str_] | None = None
    """A title for every item, in the order of `item_ids`; None where the data set has none."""

    @property
    def users(self) -> int:
        """U, the number of users."""
        return len(self.user_ids)

    @property
    def items(self) -> int:
        """I, the number of items."""
        return len(self.item_ids)

    def user_codes(self, ids: Any) -> IntArray:
        """Codes of raw user ids, shape (B,); the spare row U for those outside the catalogue."""
        return _codes(self.user_ids, ids)

    def item_codes(self, ids: Any) -> IntArray:
        """Codes of raw item ids, shape (B,); the spare row I for those outside the catalogue."""
        return _codes(self.item_ids, ids)


def _codes(index: pd.Index[Any], ids: Any) -> IntArray:
    codes = index.get_indexer(pd.Index(ids))
    return np.where(codes < 0, len(index), codes).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Ratings:
    """A validated table of ratings over a catalogue, in file order; a part of a split is one too."""

    users: IntArray
    """Codes into the catalogue, shape (N,)."""
    items: IntArray
    """Codes into the catalogue, shape (N,)."""
    values: FloatArray
    """The ratings, shape (N,)."""
    timestamps: npt.NDArray[np.int64] | None
    """Seconds since 1970, shape (N,); None where the table has none."""
    catalogue: Catalogue
    scale: tuple[float, float]
    """The lowest and the highest rating that can be given."""
    name: str
    """The data set's name, e.g. `ml-100k`."""

    def __len__(self) -> int:
        """N, the number of ratings."""
        return len(self.values)

    def take(self, rows: npt.NDArray[Any]) -> Ratings:
        """The ratings at `rows` (positions or a mask), over the same catalogue."""
        times = None if self.timestamps is None else self.timestamps[rows]
        return replace(self, users=self.users[rows], items=self.items[rows], values=self.values[rows], timestamps=times)

    def join(self, other: Ratings) -> Ratings:
        """These ratings followed by the other's, over the same catalogue."""
        times = None
        if self.timestamps is not None and other.timestamps is not None:
            times = np.concatenate([self.timestamps, other.timestamps])
        return replace(
            self,
            users=np.concatenate([self.users, other.users]),
            items=np.concatenate([self.items, other.items]),
            values=np.concatenate([self.values, other.values]),
            timestamps=times,
        )

    @property
    def mean(self) -> float:
        """The mean rating."""
        return float(self.values.mean(dtype=np.float64))

    @cached_property
    def digest(self) -> str:
        """A digest over every row, id and rating: 36 hexadecimal characters."""
        state = hashlib.sha256()
        for index in (self.catalogue.user_ids, self.catalogue.item_ids):
            state.update(len(index).to_bytes(8))  # so that no id passes from one table to the other unseen
            state.update(pd.util.hash_pandas_object(index, index=False).to_numpy().tobytes())
        for array in (self.users, self.items, self.values, self.timestamps):
            state.update(b"-" if array is None else np.ascontiguousarray(array).tobytes())
        return state.hexdigest()[:36]
