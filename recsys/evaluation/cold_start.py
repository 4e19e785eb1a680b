"""Cold start: held-out pairs whose user or item has no pair in the training part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, Int32Array
from recsys.data.ratings import Ratings

_FEW = 0.01
"""The smallest share of cold pairs or users that is reported; a smaller one hardly moves a value."""


@dataclass(frozen=True, eq=False)
class ColdStart:
    """Which held-out pairs have a user or an item without a pair in the training part."""

    users: Int32Array
    """The user of each held-out pair, (N,)."""
    cold_user: BoolArray
    """Whether its user has no training pair, (N,)."""
    cold_item: BoolArray
    """Whether its item has no training pair, (N,)."""

    @classmethod
    def of(cls, train: Ratings, held_out: Ratings) -> ColdStart:
        """Compare a held-out part with the training part."""
        users, items = (
            np.bincount(codes, minlength=count) > 0
            for codes, count in ((train.users, train.catalogue.users), (train.items, train.catalogue.items))
        )
        return cls(held_out.users, ~users[held_out.users], ~items[held_out.items])

    def __bool__(self) -> bool:
        """Whether any held-out pair is cold."""
        return bool(self.cold_user.any() or self.cold_item.any())

    @property
    def worth_reporting(self) -> bool:
        """Whether at least 1 % of the held-out pairs are cold, and not all of them."""
        return worth_reporting(self.warm)

    @property
    def warm(self) -> BoolArray:
        """Which held-out pairs have a user and an item with training pairs, (N,)."""
        return ~(self.cold_user | self.cold_item)

    def __str__(self) -> str:
        """Both counts, as a sentence."""
        users, cold = len(np.unique(self.users)), len(np.unique(self.users[self.cold_user]))
        return (
            f"{cold:,} of {users:,} users have nothing in the training part, and {self.cold_item.sum():,} of "
            f"{len(self.users):,} pairs are of items that have nothing there"
        )


def worth_reporting(warm: BoolArray) -> bool:
    """Whether to report values of the warm pairs or cases alone, (N,): some are warm, and at least 1 % are not."""
    return bool(warm.any()) and has_cold(warm)


def has_cold(warm: BoolArray) -> bool:
    """Whether to report values of the cold pairs or cases alone, (N,): at least 1 % are not warm."""
    return bool(len(warm)) and bool((~warm).mean() >= _FEW)
