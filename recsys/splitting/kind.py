"""The kinds of split: each takes a part out of ratings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings

Seed = tuple[int, int]
"""The split's seed, and 0 for the test part or 1 for validation."""


@dataclass(frozen=True)
class PartSettings:
    """The settings of a part, with times as numbers. Each kind of split uses its own only."""

    size: float
    """The share of the part."""
    number: int | None
    """The number of each user's ratings."""
    fold: int
    """The fold, counted from 1."""
    last: int
    """The number of each user's last ratings, or sessions."""
    begins: float | None = None
    """The time from which on a rating may be in the part; None if no time is given."""
    gap: float | None = None
    """The longest time between two ratings of a session; None if each rating is a session of its own."""


@dataclass(frozen=True)
class SplitKind:
    """A kind of split."""

    name: str
    keys: tuple[str, ...]
    """The keys of `[split]` and `[split.validation]` that it uses, besides the seed."""
    part: Callable[[Ratings, PartSettings, Seed], tuple[Int64Array, Int64Array]]
    """From ratings to the remaining rows and the rows of the part. A row may be in neither."""
    drawn: bool = False
    """Whether the part is random, and therefore uses the seed."""
    by_time: bool = False
    """Whether the ratings need timestamps."""
    of_rows: bool = False
    """Whether it cuts the rows before repeated pairs are merged, so that each part is merged separately. Otherwise
    it assigns merged pairs to one part each."""
    options: tuple[str, ...] = ()
    """Further keys of both sections, which belong to the protocol only if they are set."""
    common: tuple[str, ...] = ()
    """Further keys of `[split]` for both parts, which belong to the protocol only if they are set."""
    leaves_out: str = ""
    """Why some rows may be in no part, for messages."""
    holds_out: Literal["users", "items"] | None = None
    """Whether it holds out users or items with all their rows; None if it holds out rows."""
