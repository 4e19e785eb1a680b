"""The training data of a split: arrays that the compiled graph reads."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np

from recsys.arrays import AnyArray, Float32Array, Int32Array
from recsys.data.histories import Histories
from recsys.data.ratings import Ratings
from recsys.models.event_weights import event_weights
from recsys.models.inputs import MOST_LEVELS, DataShape, Input

T = TypeVar("T")
_MAKING = RLock()


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Training and validation ratings. For a refit, which has a fixed number of epochs, validation may be empty.

    Kinds take the weights of positives from here, so that none of them knows of ages.
    """

    train: Ratings
    validation: Ratings
    event_half_life: float = 0.0
    """The days that halve the weight of a positive, before the newest event of training; 0 for equal weights."""
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def shape(self) -> DataShape:
        """The properties of the data that a model factory needs."""
        catalogue = self.train.catalogue
        levels = () if self.train.implicit else np.unique(self.train.values).tolist()
        told_apart = tuple(levels) if len(levels) <= MOST_LEVELS else ()
        tables = {Input.USER_FEATURES: catalogue.user_features, Input.ITEM_FEATURES: catalogue.item_features}
        features = {of: table.with_spare for of, table in tables.items() if table is not None and table.count}
        return DataShape(catalogue.users, catalogue.items, self.train.mean, told_apart, features)

    @cached_property
    def histories(self) -> Histories:
        """The positives of each user in training, in the order of time (U rows)."""
        found = Histories.of(self.train).positives
        return found.weighed(self.weighed(found.weights, found.times))

    def aged(self, half_life: float) -> TrainingData:
        """Return the same data with weights of positives that halve after so many days; itself for 0."""
        return replace(self, event_half_life=half_life) if half_life else self

    def weighed(self, weights: Float32Array, times: AnyArray | None) -> Float32Array:
        """Return the weights of positives (N,), less for older ones: see `event_weights`.

        Args:
            weights: The weights without regard to age (N,).
            times: The times of the positives (N,); None if the data have none.
        """
        if not self.event_half_life or times is None or self.train.timestamps is None:
            return weights
        return weights * event_weights(times, self.train.timestamps, self.event_half_life)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return a value that all programs share.

        The first caller, on any thread, makes it.

        Args:
            key: The name of the value.
            make: Makes the value.
        """
        with _MAKING:
            if key not in self._made:
                self._made[key] = make()
            return cast("T", self._made[key])

    def __getstate__(self) -> dict[str, Any]:
        """Return what a worker's copy needs: the ratings, and the rows that they were merged from if people repeat."""
        parts = {"train": self.train, "validation": self.validation}
        kept = {name: part if part.repeats else part.alone for name, part in parts.items()}
        return {"_made": {}, "event_half_life": self.event_half_life, **kept}

    @property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest rating."""
        return self.train.scale

    def order(self, seed: int, epoch: int, batch: int) -> Int32Array:
        """Return the shuffled training rows of an epoch as batches (steps, B).

        The last batch is completed with row N. The order depends only on the experiment's seed and the epoch: every
        trial sees the same batches in the same order.

        Args:
            seed: The experiment's seed.
            epoch: The epoch, from 0.
            batch: The batch size B.
        """
        rows = np.arange(len(self.train), dtype=np.int32)
        np.random.default_rng([seed, epoch]).shuffle(rows)
        return in_batches(rows, batch, len(rows))


def in_batches(rows: Int32Array, batch: int, filler: int) -> Int32Array:
    """Return rows (N,) as batches (steps, B).

    Args:
        rows: The rows (N,).
        batch: The batch size B.
        filler: The row that completes the last batch.
    """
    steps = -(-len(rows) // batch)
    filled = np.full(steps * batch, filler, np.int32)
    filled[: len(rows)] = rows
    return filled.reshape(steps, batch)


def padded(ratings: Ratings) -> tuple[Int32Array, Int32Array, Float32Array]:
    """Return users, items and values (N + 1,). Row N completes a last batch: it is no rating, and has spare codes."""
    return (
        np.append(ratings.users, np.int32(ratings.catalogue.users)),
        np.append(ratings.items, np.int32(ratings.catalogue.items)),
        np.append(ratings.values, np.float32(0)),
    )
