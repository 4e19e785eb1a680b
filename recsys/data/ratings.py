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
    """All user and item ids of a data set, coded 0…n-1. Public, unlike the test ratings.

    The ids of a table are coded in the order in which they first appear, so that their names decide nothing.

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
    """The ratings, or the weights of implicit events, shape (N,)."""
    timestamps: npt.NDArray[np.int64] | npt.NDArray[np.float64] | None
    """What tells the earlier from the later, such as seconds since 1970, shape (N,); None where the table has none."""
    catalogue: Catalogue
    scale: tuple[float, float]
    """The lowest and the highest rating that can be given."""
    name: str
    """The data set's name, e.g. `ml-100k`."""
    implicit: bool = False
    """Whether the values are weights of what was done (played, bought), and no opinions: all pairs are positive."""
    positive_from: float | None = None
    """The rating from which on a pair is positive; None where the data do not say."""
    core: tuple[int, int] = (0, 0)
    """The fewest ratings that a user and an item of the whole table have, where it was cut down to such."""

    def __len__(self) -> int:
        """N, the number of ratings."""
        return len(self.values)

    def take(self, rows: npt.NDArray[Any]) -> Ratings:
        """The ratings at `rows` (positions or a mask), over the same catalogue."""
        times = None if self.timestamps is None else self.timestamps[rows]
        return replace(self, users=self.users[rows], items=self.items[rows], values=self.values[rows], timestamps=times)

    def join(self, other: Ratings) -> Ratings:
        """These ratings followed by the other's, over the same catalogue."""
        times: Any = None
        if self.timestamps is not None and other.timestamps is not None:
            times = np.concatenate([self.timestamps, other.timestamps])
        return replace(
            self,
            users=np.concatenate([self.users, other.users]),
            items=np.concatenate([self.items, other.items]),
            values=np.concatenate([self.values, other.values]),
            timestamps=times,
        )

    def relevant_from(self, threshold: float | None) -> float:
        """The value that makes an item relevant: what the data say, else `threshold`; any value of implicit ones.

        Where neither says anything it is 4 on a scale to 5, and three quarters up any other, such as that of thumbs.
        """
        if self.implicit:
            return 0.0
        said = threshold if self.positive_from is None else self.positive_from
        if said is not None:
            return said
        low, high = self.scale
        return 4.0 if 4 < high <= 5 else low + 0.75 * (high - low)

    def with_positives_from(self, threshold: float | None) -> Ratings:
        """The same, where the data do not say what is positive with ratings from `threshold` on as positives."""
        return self if self.implicit else replace(self, positive_from=self.relevant_from(threshold))

    @cached_property
    def positives(self) -> Ratings:
        """The pairs that people want more of, as implicit data: all of implicit ones with their weights.

        Of ratings those from `positive_from` on, all where it is None, with a weight of 1 each.
        """
        if self.implicit:
            return self
        chosen = self if self.positive_from is None else self.take(self.values >= self.positive_from)
        return replace(chosen, values=np.ones_like(chosen.values), scale=(0.0, 1.0), implicit=True, positive_from=None)

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
