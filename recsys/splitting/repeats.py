"""Pairs of a part that occur in an earlier part too."""

from __future__ import annotations

import numpy as np

from recsys.arrays import BoolArray
from recsys.data.ratings import Ratings
from recsys.errors import InputError


def among(part: Ratings, earlier: Ratings) -> BoolArray:
    """Whether each pair of a part occurs in an earlier one, (N,)."""
    if part.events is None:  # no pair of the table has several rows
        return np.zeros(len(part), bool)
    ours, theirs = (each.users.astype(np.int64) * part.catalogue.items + each.items for each in (part, earlier))
    return np.isin(ours, theirs)


def untested(part: Ratings, again: BoolArray, name: str) -> Ratings:
    """The part without the pairs of an earlier part.

    Raises:
        InputError: It has no others.
    """
    if again.all():
        raise InputError(
            f"split: the {name} is empty: all {len(part):,} pairs of it are in an earlier part too; split.repeats "
            "= true tests repeated pairs"
        )
    return part.untested(again) if again.any() else part
