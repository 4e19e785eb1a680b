"""The table of ratings and the catalogue of its ids, both coded as integers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys.arrays import (
    AnyArray,
    BoolArray,
    Float32Array,
    Float64Array,
    Int32Array,
    Int64Array,
    StrArray,
)
from recsys.data.features.feature_table import FeatureTable
from recsys.data.repeats import Merging, repeated

__all__ = ["Catalogue", "Columns", "Events", "Ratings"]

Columns = Mapping[str, AnyArray | None]
"""The columns of a table by name."""
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All user and item ids of a data set, coded 0…n-1. It is public, unlike the test ratings.

    Ids are coded in the order of their first appearance, so that their names have no effect.

    The code n, one past the last, is the spare row of every embedding table. It stands for any id that is not in the
    catalogue.
    """

    user_ids: pd.Index[Any]
    item_ids: pd.Index[Any]
    titles: StrArray | None = None
    """The title of every item, in the order of `item_ids`; None if the data set has none."""
    user_features: FeatureTable | None = None
    """What is known of each user; None if the data have no such table."""
    item_features: FeatureTable | None = None
    """What is known of each item; None if the data have no such table."""

    @property
    def users(self) -> int:
        """U, the number of users."""
        return len(self.user_ids)

    @property
    def items(self) -> int:
        """I, the number of items."""
        return len(self.item_ids)

    def take(self, users: AnyArray, items: AnyArray) -> Catalogue:
        """Return a catalogue of the users and the items at codes, in this order."""
        return Catalogue(
            self.user_ids[users],
            self.item_ids[items],
            None if self.titles is None else self.titles[items],
            None if self.user_features is None else self.user_features.take(users),
            None if self.item_features is None else self.item_features.take(items),
        )


@dataclass(frozen=True, eq=False)
class Events:
    """The rows from which repeated pairs were merged. A split by time cuts these rows, then merges each part."""

    rows: Columns
    """The columns before merging, each of shape (E,), in file order."""
    pairs: Int32Array
    """The row of each event's pair in the merged table, (E,); -1 if the pair is in an earlier part and not tested."""
    merging: Merging

    def without_pairs(self, items: int) -> int:
        """The number of pairs of a catalogue of I items that have rows here but none in the merged table."""
        users, columns = self.rows["users"], self.rows["items"]
        if users is None or columns is None:
            return 0
        gone = self.pairs < 0
        return len(np.unique(users[gone].astype(np.int64) * items + columns[gone]))

    def of_pairs(self, rows: AnyArray, count: int) -> Events:
        """The events of the pairs at `rows`, positions or a mask, of a merged table of `count`."""
        places = np.full(count + 1, -1, np.int32)  # the last one answers to -1
        chosen = np.arange(count)[rows]
        places[chosen] = np.arange(len(chosen), dtype=np.int32)
        pairs = places[self.pairs]
        kept = pairs >= 0
        return Events(_taken(self.rows, kept), pairs[kept], self.merging)


@dataclass(frozen=True, eq=False)
class Ratings:
    """A validated table of ratings over a catalogue, in file order. The parts of a split are such tables too.

    A pair of a user and an item has one row.
    """

    users: Int32Array
    """Codes into the catalogue, shape (N,)."""
    items: Int32Array
    """Codes into the catalogue, shape (N,)."""
    values: Float32Array
    """The ratings, or the weights of implicit events, shape (N,)."""
    timestamps: Int64Array | Float64Array | None
    """Numbers that order the rows in time, such as seconds since 1970, shape (N,); None if the table has none."""
    catalogue: Catalogue
    scale: tuple[float, float]
    """The lowest and the highest possible rating; for weights 0 and the highest weight."""
    name: str
    """The data set's name, e.g. `ml-100k`."""
    implicit: bool = False
    """Whether the values are weights of actions (played, bought) instead of ratings. All pairs are then positive."""
    positive_from: float | None = None
    """The rating from which a pair is positive; None if the data do not say."""
    core: tuple[int, int] = (0, 0)
    """The fewest ratings of a user and of an item that the k-core was reduced to."""
    split_labels: npt.NDArray[np.int8] | None = None
    """The part that the data assign to each row, shape (N,), as `data.split_labels`; None if they do not."""
    events: Events | None = None
    """The rows before merging; None if no pair of the whole table has several."""
    repeats: bool = False
    """Whether items that a user had before may be tested and recommended again."""
    grows: bool = False
    """Whether an event of a later part is predicted from all that its user did before it, also in that part."""
    ordered: bool = False
    """Whether each later part of the split follows the earlier ones in time (per person)."""
    unreleased: BoolArray | None = None
    """Which items appear only in a later part of a split by items (I,), so that nobody of this part could choose them;
    None if there are none. They are no negatives in training."""
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        """N, the number of ratings."""
        return len(self.values)

    def once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """A value that is computed from these ratings once, for all who ask for it.

        Args:
            key: The name of the value.
            make: Computes it.
        """
        if key not in self._made:
            self._made[key] = make()
        return cast("Value", self._made[key])

    @property
    def rows(self) -> Ratings:
        """The rows before merging, in file order; the table itself if nothing was merged."""
        return self if self.events is None else self._of(self.events.rows)

    @property
    def alone(self) -> Ratings:
        """The same without the rows before merging, which only splitting and joining need."""
        return self if self.events is None else replace(self, events=None)

    def take(self, rows: AnyArray) -> Ratings:
        """The ratings at `rows` (positions or a mask), over the same catalogue."""
        events = None if self.events is None else self.events.of_pairs(rows, len(self))
        return self._of(_taken(_columns(self), rows), events)

    def join(self, other: Ratings) -> Ratings:
        """These ratings followed by the other's, over the same catalogue. A common pair is merged from all its rows."""
        both = replace(_joined(self, other), unreleased=_both(self.unreleased, other.unreleased))
        if self.events is None or other.events is None:
            return both
        rows, later = replace(_joined(self.rows, other.rows), unreleased=both.unreleased), other.events.pairs
        pairs = np.concatenate([self.events.pairs, np.where(later < 0, -1, later + np.int32(len(self)))])
        if (pairs < 0).any() or repeated(both.users, both.items).any():
            return rows.merged(self.events.merging)
        return replace(both, events=Events(_columns(rows), pairs, self.events.merging))

    def merged(self, merging: Merging) -> Ratings:
        """One row per pair, at the position of its latest row. These rows become its events."""
        latest, values, pairs = merging.of(self.users, self.items, self.values, self.timestamps)
        columns = {**_taken(_columns(self), latest), "values": values}
        found = self._of(columns, Events(_columns(self), pairs, merging))
        if not self.implicit or (values > 0).all():
            return found
        return found.untested(~(values > 0))  # as much was returned as bought

    def untested(self, mask: BoolArray) -> Ratings:
        """Without the pairs where the mask is true. Tables joined with it still have their rows."""
        kept = self.take(~mask)
        if self.events is None:
            return kept
        places = np.where(mask, -1, np.cumsum(~mask) - 1).astype(np.int32)
        pairs = np.where(self.events.pairs < 0, -1, places[self.events.pairs])
        return replace(kept, events=replace(self.events, pairs=pairs))

    def _of(self, columns: Columns, events: Events | None = None) -> Ratings:
        """A table of the same kind with other rows. The scale of weights is computed from these rows."""
        changes: dict[str, Any] = {**columns, "events": events}
        if self.implicit:
            changes["scale"] = (0.0, float(changes["values"].max(initial=0)))
        return replace(self, **changes)

    def relevant_from(self, threshold: float | None) -> float:
        """The value from which an item is relevant: that of the data, else `threshold`; 0 for implicit data.

        If neither is given it is 4 on a scale to 5, and three quarters up any other scale, such as that of thumbs.
        """
        if self.implicit:
            return 0.0
        declared = threshold if self.positive_from is None else self.positive_from
        if declared is not None:
            return declared
        low, high = self.scale
        return 4.0 if 4 < high <= 5 else low + 0.75 * (high - low)

    def with_positives_from(self, threshold: float | None) -> Ratings:
        """The same with ratings from `threshold` on as positives, unless the data say which are positive."""
        return self if self.implicit else replace(self, positive_from=self.relevant_from(threshold))

    @property
    def released(self) -> BoolArray:
        """Which items people of this part could choose (I,)."""
        return np.ones(self.catalogue.items, bool) if self.unreleased is None else ~self.unreleased

    @property
    def are_positive(self) -> BoolArray:
        """Whether each pair is positive, (N,)."""
        if self.implicit or self.positive_from is None:
            return np.ones(len(self), bool)
        return self.values >= self.positive_from

    @cached_property
    def positives(self) -> Ratings:
        """The positive pairs as implicit data. Pairs of implicit data keep their weights.

        Ratings from `positive_from` on, or all ratings if it is None, have a weight of 1 each.
        """
        if self.implicit:
            return self
        chosen = self.alone.take(self.are_positive)
        return replace(chosen, values=np.ones_like(chosen.values), scale=(0.0, 1.0), implicit=True, positive_from=None)

    @property
    def mean(self) -> float:
        """The mean rating."""
        return float(self.values.mean(dtype=np.float64))

    @cached_property
    def digest(self) -> str:
        """A digest over every row, id and rating, independent of the coding of ids: 36 hexadecimal characters."""
        state = hashlib.sha256()
        places: dict[str, Int32Array] = {}
        catalogue = self.catalogue
        tables = {"users": catalogue.user_features, "items": catalogue.item_features}
        for name, index in (("users", catalogue.user_ids), ("items", catalogue.item_ids)):
            order = index.argsort()
            places[name] = np.append(np.argsort(order), len(index)).astype(np.int32)  # the last is the spare code
            state.update(len(index).to_bytes(8))  # so that no id passes from one table to the other unseen
            state.update(pd.util.hash_pandas_object(index[order], index=False).to_numpy().tobytes())
            features = tables[name]
            if features is not None:
                state.update(name.encode() + features.digest(np.asarray(order)))
        columns = [*_columns(self).items()][:4]
        if self.split_labels is not None:
            columns.append(("split_labels", self.split_labels))
        if self.events is not None:
            columns += self.events.rows.items()
        for name, array in columns:
            own = places[name][array] if name in places and array is not None else array
            state.update(b"-" if own is None else np.ascontiguousarray(own).tobytes())
        return state.hexdigest()[:36]


def _columns(ratings: Ratings) -> Columns:
    names = ("users", "items", "values", "timestamps", "split_labels")
    return {name: getattr(ratings, name) for name in names}


def _joined(one: Ratings, other: Ratings) -> Ratings:
    """The rows of both, unchanged. A column that one of them lacks is None."""
    columns: dict[str, Any] = {}
    for name, column in _columns(one).items():
        more = getattr(other, name)
        columns[name] = None if column is None or more is None else np.concatenate([column, more])
    return one._of(columns)  # noqa: SLF001 - of the same module


def _both(one: BoolArray | None, other: BoolArray | None) -> BoolArray | None:
    return None if one is None or other is None else one & other


def _taken(columns: Columns, rows: AnyArray) -> dict[str, AnyArray | None]:
    return {name: None if column is None else column[rows] for name, column in columns.items()}
