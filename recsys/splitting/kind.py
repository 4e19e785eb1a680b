"""The kinds of split: each takes a part out of ratings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings

Seed = tuple[int, int]
"""The split's seed, and 0 for the test part or 1 for validation."""


class PartSettings(Protocol):
    """The settings of a part. Each kind of split uses its own keys only."""

    @property
    def size(self) -> float:
        """The share of the part."""
        ...

    @property
    def number(self) -> int | None:
        """The number of each user's ratings."""
        ...

    @property
    def fold(self) -> int:
        """The fold, counted from 1."""
        ...

    @property
    def last(self) -> int:
        """The number of each user's last ratings."""
        ...


@dataclass(frozen=True)
class SplitKind:
    """A kind of split."""

    name: str
    keys: tuple[str, ...]
    """The keys of `[split]` and `[split.validation]` that it uses, besides the seed."""
    part: Callable[[Ratings, PartSettings, Seed], tuple[Int64Array, Int64Array]]
    """From ratings to the remaining rows and the rows of the part."""
    drawn: bool = False
    """Whether the part is random, and therefore uses the seed."""
    by_time: bool = False
    """Whether the ratings need timestamps."""
    of_rows: bool = False
    """Whether it cuts the rows before repeated pairs are merged, so that each part is merged separately. Otherwise
    it assigns merged pairs to one part each."""
