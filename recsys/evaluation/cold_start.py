"""How much of a held-out part is of users and items that have nothing in the training part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, Int32Array
from recsys.data.ratings import Ratings

_FEW = 0.01
"""The share of held-out users or pairs below which they hardly move a value."""


@dataclass(frozen=True, eq=False)
class ColdStart:
    """Which held-out pairs are of users and of items that have no pair in the training part."""

    users: Int32Array
    """The user of each held-out pair, (N,)."""
    cold_user: BoolArray
    """Whether its user has no pair in the training part, (N,)."""
    cold_item: BoolArray
    """Whether its item has none, (N,)."""

    @classmethod
    def of(cls, train: Ratings, held_out: Ratings) -> ColdStart:
        """Compare a held-out part with the part that a predictor learns from."""
        users, items = (
            np.bincount(codes, minlength=count) > 0
            for codes, count in ((train.users, train.catalogue.users), (train.items, train.catalogue.items))
        )
        return cls(held_out.users, ~users[held_out.users], ~items[held_out.items])

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.cold_user.any() or self.cold_item.any())

    @property
    def worth_reporting(self) -> bool:
        """Whether one in a hundred held-out pairs is of such, at least, and not all are."""
        return worth_reporting(self.warm)

    @property
    def warm(self) -> BoolArray:
        """Which held-out pairs are of a user and an item of the training part, (N,)."""
        return ~(self.cold_user | self.cold_item)

    def __str__(self) -> str:
        """Both counts in words."""
        users, cold = len(np.unique(self.users)), len(np.unique(self.users[self.cold_user]))
        return (
            f"{cold:,} of {users:,} users have nothing in the training part, and {self.cold_item.sum():,} of "
            f"{len(self.users):,} pairs are of items that have nothing there"
        )


def worth_reporting(warm: BoolArray) -> bool:
    """Whether values of the warm alone, (N,), are worth telling apart: some are warm, and not nearly all."""
    return bool(warm.any() and (~warm).mean() >= _FEW)
