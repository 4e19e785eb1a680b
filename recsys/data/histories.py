"""Histories: what each of several people did, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Float32Array, Int32Array, Int64Array
from recsys.data.ratings import Ratings


@dataclass(frozen=True, eq=False)
class Histories:
    """The histories of R people, packed: row r is the entries `starts[r]` to `starts[r + 1]`, the oldest first."""

    starts: Int64Array
    """The first entry of each row, and the number of entries (R + 1,)."""
    items: Int32Array
    """The codes of the items (N,)."""
    values: Float32Array
    """The ratings, or the weights of implicit events (N,)."""
    weights: Float32Array
    """The weight of each entry as a positive, 0 for an entry that is not one (N,)."""
    times: AnyArray | None
    """The times (N,); None if the data have none. Entries are then in the order of the file."""

    @classmethod
    def of(cls, ratings: Ratings) -> Histories:
        """Return the histories of all users of a catalogue (U rows).

        Each item is in a history once, at its latest time, unless the ratings allow repeats. Entries of equal time are
        in the order of the file.
        """
        rows = ratings.rows if ratings.repeats else ratings
        times = np.zeros(len(rows)) if rows.timestamps is None else rows.timestamps
        order = np.lexsort((np.arange(len(rows)), times, rows.users))
        weights = rows.values if rows.implicit else rows.are_positive
        return cls(
            _starts(np.bincount(rows.users, minlength=rows.catalogue.users)),
            rows.items[order],
            rows.values[order],
            weights[order].astype(np.float32),
            None if rows.timestamps is None else rows.timestamps[order],
        )

    def __len__(self) -> int:
        """R, the number of people."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> Int64Array:
        """The number of entries of each row (R,)."""
        return np.diff(self.starts)

    @property
    def rows(self) -> Int64Array:
        """The row of each entry (N,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def steps_ago(self) -> Int64Array:
        """The number of later entries in the row of each entry (N,): 0 for the newest."""
        return np.repeat(self.starts[1:], self.lengths) - np.arange(len(self.items)) - 1

    @property
    def positives(self) -> Histories:
        """The same without the entries that are not positives."""
        return self.keep(self.weights > 0)

    @cached_property
    def once(self) -> Histories:
        """The same with each item once in a row: at its last place, with its last value and the sum of its weights."""
        pairs = self.rows * (int(self.items.max(initial=0)) + 1) + self.items
        _, first, pair = np.unique(pairs[::-1], return_index=True, return_inverse=True)
        if len(first) == len(pairs):
            return self
        last = np.zeros(len(pairs), bool)
        last[len(pairs) - 1 - first] = True
        summed = np.bincount(pair, self.weights[::-1])[pair[::-1]].astype(np.float32)
        return self.weighed(summed).keep(last)

    def weighed(self, weights: Float32Array) -> Histories:
        """Return the same entries with other weights (N,)."""
        return replace(self, weights=weights)

    def keep(self, mask: BoolArray) -> Histories:
        """Return the same rows with the entries where a mask (N,) is true."""
        return self._at(np.flatnonzero(mask), np.bincount(self.rows[mask], minlength=len(self)))

    def take(self, rows: AnyArray) -> Histories:
        """Return the histories of rows (B,), which may repeat."""
        lengths = self.lengths[rows]
        return self._at(_ranges(self.starts[:-1][rows], lengths), lengths)

    def of_users(self, users: AnyArray) -> Histories:
        """Return the histories of user codes (B,), which may be the code R of an unknown user, without a history."""
        known = users < len(self)
        rows = np.where(known, users, 0)
        return self.before(rows, np.where(known, self.lengths[rows], 0))

    def before(self, rows: AnyArray, counts: AnyArray) -> Histories:
        """Return the first entries of rows: what people had done at earlier moments.

        Args:
            rows: The rows (B,), which may repeat.
            counts: The number of entries of each (B,).
        """
        return self._at(_ranges(self.starts[:-1][rows], counts), counts)

    def followed_by(self, later: Histories) -> Histories:
        """Return each person's entries followed by those of a later time.

        Args:
            later: As many rows, of the same people.
        """
        columns = zip(self._columns, later._columns, strict=True)
        both = (None if a is None or b is None else np.concatenate([a, b]) for a, b in columns)
        order = np.argsort(np.concatenate([self.rows, later.rows]), kind="stable")
        return Histories(
            self.starts + later.starts,
            *(None if column is None else column[order] for column in both),  # type: ignore[arg-type]  # only times
        )

    def newest(self, length: int, padding: int) -> Int32Array:
        """Return the newest items of each row as windows (R, length), the newest last.

        Args:
            length: The length L of a window.
            padding: The code that fills windows of shorter histories, on the left.
        """
        windows = np.full((len(self), length), padding, np.int32)
        chosen = self.steps_ago < length
        windows[self.rows[chosen], length - 1 - self.steps_ago[chosen]] = self.items[chosen]
        return windows

    @property
    def _columns(self) -> tuple[AnyArray | None, ...]:
        return self.items, self.values, self.weights, self.times

    def _at(self, entries: Int64Array, lengths: AnyArray) -> Histories:
        columns = (None if column is None else column[entries] for column in self._columns)
        return Histories(_starts(lengths), *columns)  # type: ignore[arg-type]  # only times may be None


def _starts(lengths: AnyArray) -> Int64Array:
    starts: Int64Array = np.append(np.int64(0), np.cumsum(lengths, dtype=np.int64))
    return starts


def _ranges(first: AnyArray, lengths: AnyArray) -> Int64Array:
    """Return the numbers from each first one on, as many as its length, one range after the other."""
    ends = np.cumsum(lengths)
    numbers: Int64Array = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - lengths), lengths)
    return numbers
