"""What a kind of split is: a way to take a part out of ratings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings

Seed = tuple[int, int]
"""The split's own seed, and 0 for the test part or 1 for validation."""


class PartSettings(Protocol):
    """What is said of a part; a kind looks at its own keys alone."""

    @property
    def size(self) -> float:
        """A share."""
        ...

    @property
    def number(self) -> int | None:
        """How many of each user's ratings."""
        ...

    @property
    def fold(self) -> int:
        """Which fold, counted from 1."""
        ...

    @property
    def last(self) -> int:
        """How many of each user's last ratings."""
        ...


@dataclass(frozen=True)
class SplitKind:
    """A kind of split, by the name that `[split] kind` has for it."""

    name: str
    keys: tuple[str, ...]
    """What of `[split]` and `[split.validation]` it looks at, its seed apart."""
    part: Callable[[Ratings, PartSettings, Seed], tuple[Int64Array, Int64Array]]
    """From ratings to the rows that remain and the rows of the part."""
    drawn: bool = False
    """Whether chance has a say, and so the seed."""
    by_time: bool = False
    """Whether the ratings need timestamps."""
    of_rows: bool = False
    """Whether it cuts the rows before repeated pairs are merged, so that each part is merged by itself; else it deals
    out merged pairs, each to one part."""
