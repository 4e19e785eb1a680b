"""Windows: periods before the test part that are as long as it, for values over time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from recsys.arrays import BoolArray
from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.splitting.moments import written
from recsys.splitting.repeats import among, untested
from recsys.splitting.split import Split


@dataclass(frozen=True, eq=False)
class Window:
    """A period, with what was known before it."""

    begins: str
    """Its first moment, as a date, or as a number if the times are no times since 1970."""
    seen: Ratings
    """The ratings before it."""
    held_out: Ratings
    """The ratings in it."""
    validates: bool
    """Whether it has ratings from the beginning of the validation part on."""


def windows(split: Split, count: int) -> list[Window]:
    """Return the windows whose last one ends where the test part begins, the earliest first.

    The windows follow each other without gaps. No window has a rating of the test part. Each has the pairs of its own
    rows, without those of earlier rows unless `repeats` is set.

    Args:
        split: A split whose test part is cut at a moment.
        count: The number of windows.

    Raises:
        InputError: The ratings do not reach back so far, or a window has no pairs to test.
    """
    return list(_windows(split, count))


def _windows(split: Split, count: int) -> Iterator[Window]:
    development = split.train.join(split.validation)
    times, period = np.asarray(development.rows.timestamps), split.period
    if period is None:
        raise InputError("windows need a test part that begins at one moment for all: split.kind = 'temporal'")
    length = period.ends - period.begins
    validation = np.min(np.asarray(split.validation.rows.timestamps))
    edges = [period.begins - length * back for back in range(count, -1, -1)]
    if edges[0] <= times.min():
        most = math.ceil((period.begins - times.min()) / length) - 1
        raise InputError(
            f"windows = {count}: the ratings go back to {written(times.min(), times)}, which is enough for {most} "
            "windows as long as the test part"
        )
    for begins, ends in pairwise(edges):
        date = written(begins, times)
        seen, held_out = _rows(development, times < begins), _rows(development, (times >= begins) & (times < ends))
        if not len(held_out):
            raise InputError(f"windows = {count}: the window that begins at {date} has no ratings")
        if not development.repeats:
            held_out = untested(held_out, among(held_out, seen), f"window that begins at {date}")
        yield Window(date, seen, held_out, bool(ends > validation))


def _rows(ratings: Ratings, mask: BoolArray) -> Ratings:
    """The pairs of the rows where the mask (E,) is true, merged from these rows alone."""
    chosen = ratings.rows.take(mask)
    return chosen if ratings.events is None else chosen.merged(ratings.events.merging)
