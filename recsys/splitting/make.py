"""Make a split: the test part first, then validation from what remains."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.splitting.fold import fold_part
from recsys.splitting.leave_last import leave_last_part
from recsys.splitting.random import random_part
from recsys.splitting.settings import Kind, SplitSettings
from recsys.splitting.split import SealedTest, Split
from recsys.splitting.temporal import temporal_part

Rows = npt.NDArray[np.int64]


def make_split(ratings: Ratings, settings: SplitSettings) -> Split:
    """Split the ratings as `[split]` says; nothing is lost and nothing is in two parts.

    Raises:
        InputError: A part would be empty, or the kind needs timestamps that the data do not have.
    """
    rest, test = _cut(ratings, settings.kind, settings.size, settings.fold, settings.last, settings.seed, "test")
    v = settings.validation
    train, validation = _cut(rest, settings.validation_kind, v.size, v.fold, v.last, settings.seed, "validation")
    return Split(train, validation, SealedTest(test))


def _cut(
    ratings: Ratings, kind: Kind, size: float, fold: int, last: int, seed: int, part: str
) -> tuple[Ratings, Ratings]:
    cutters: dict[Kind, Callable[[], tuple[Rows, Rows]]] = {
        "random": lambda: random_part(ratings, size, seed),
        "fold": lambda: fold_part(ratings, fold),
        "temporal": lambda: temporal_part(ratings, size),
        "leave_last": lambda: leave_last_part(ratings, last),
    }
    if kind in ("temporal", "leave_last") and ratings.timestamps is None:
        raise InputError(f"split.kind = {kind!r} needs timestamps, and the data have none: name data.columns.timestamp")
    rest, cut = cutters[kind]()
    if not len(cut) or not len(rest):
        empty = part if not len(cut) else "training"
        raise InputError(
            f"split: the {empty} part is empty: kind {kind!r} of {len(ratings)} ratings leaves nothing for it"
        )
    return ratings.take(rest), ratings.take(cut)
