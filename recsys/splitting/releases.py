"""The items that appear only in a later part of a split by items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.arrays import BoolArray
from recsys.data.ratings import Ratings
from recsys.splitting.kind import SplitKind


def with_unreleased(
    train: Ratings, validation: Ratings, test: Ratings, of_validation: SplitKind, of_test: SplitKind
) -> tuple[Ratings, Ratings, Ratings]:
    """The three parts, each with the items that only a later part has, if a part is one of items.

    Args:
        train: The training part.
        validation: The validation part.
        test: The test part.
        of_validation: The kind of the validation part.
        of_test: The kind of the test part.
    """
    if "items" not in (of_validation.holds_out, of_test.holds_out):
        return train, validation, test
    later, latest = _own_items(validation, of_validation), _own_items(test, of_test)
    none = np.zeros_like(latest)
    return (
        replace(train, unreleased=later | latest),
        replace(validation, unreleased=latest),
        replace(test, unreleased=none),
    )


def _own_items(part: Ratings, kind: SplitKind) -> BoolArray:
    """Which items only this part has and no earlier one, (I,); none if the part is one of rows or users."""
    if kind.holds_out != "items":
        return np.zeros(part.catalogue.items, bool)
    return np.bincount(part.rows.items, minlength=part.catalogue.items) > 0
