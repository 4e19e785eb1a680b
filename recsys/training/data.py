"""What training is given of a split: arrays that the compiled graph reads."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np

from recsys.arrays import Float32Array, Int32Array
from recsys.data.ratings import Ratings
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import RankingPart, ranking_part
from recsys.models.factory import MOST_LEVELS, DataShape

T = TypeVar("T")
_MAKING = RLock()


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Training and validation ratings. The validation part may be empty for a refit, which knows when to stop."""

    train: Ratings
    validation: Ratings
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def shape(self) -> DataShape:
        """What a model factory must know."""
        catalogue = self.train.catalogue
        levels = () if self.train.implicit else np.unique(self.train.values).tolist()
        told_apart = tuple(levels) if len(levels) <= MOST_LEVELS else ()
        return DataShape(catalogue.users, catalogue.items, self.train.mean, told_apart)

    def ranking_part(self, objective: ObjectiveSettings) -> RankingPart:
        """The validation part as lists are judged by it; made once for all programs."""
        key = "ranking part", objective.threshold, objective.users
        return self.once(key, lambda: ranking_part(self.train, self.validation, objective))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What all programs have in common, on whatever thread: made by the first that asks."""
        with _MAKING:
            if key not in self._made:
                self._made[key] = make()
            return cast("T", self._made[key])

    def __getstate__(self) -> dict[str, Any]:
        """Of a worker's copy the ratings alone, without the rows that they were merged from."""
        return {"train": self.train.alone, "validation": self.validation.alone, "_made": {}}

    @property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest rating."""
        return self.train.scale

    def order(self, seed: int, epoch: int, batch: int) -> Int32Array:
        """The shuffled training rows of an epoch as batches (steps, B); the last is filled up with row N.

        A function of the experiment's seed and the epoch alone, so that every trial sees the same batches in the same
        order, whenever it is trained.
        """
        rows = np.arange(len(self.train), dtype=np.int32)
        np.random.default_rng([seed, epoch]).shuffle(rows)
        return in_batches(rows, batch, len(rows))


def in_batches(rows: Int32Array, batch: int, filler: int) -> Int32Array:
    """Rows (N,) as batches (steps, B), the last one filled up."""
    steps = -(-len(rows) // batch)
    filled = np.full(steps * batch, filler, np.int32)
    filled[: len(rows)] = rows
    return filled.reshape(steps, batch)


def padded(ratings: Ratings) -> tuple[Int32Array, Int32Array, Float32Array]:
    """Users, items and values (N + 1,): row N, which fills up a last batch, is nobody's rating of nothing."""
    return (
        np.append(ratings.users, np.int32(ratings.catalogue.users)),
        np.append(ratings.items, np.int32(ratings.catalogue.items)),
        np.append(ratings.values, np.float32(0)),
    )
