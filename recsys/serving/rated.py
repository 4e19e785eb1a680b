"""Frames of predicted values, with their distributions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from recsys.arrays import AnyArray, BoolArray, Int32Array
from recsys.serving.person import known
from recsys.serving.predictive import PredictiveDistribution

_PAIRS = 4096
"""The number of ratings whose distributions are computed together."""


def rated(
    values: AnyArray, word: str, unknown: BoolArray, predictive: PredictiveDistribution | None, *, stars: bool
) -> pd.DataFrame:
    """Return values and distributions.

    Args:
        values: The predicted values (B,).
        word: The name of their column.
        unknown: Whether the item of a value is unknown, so that its row has missing values (B,).
        predictive: Their distributions; None if they have none.
        stars: Whether to return the probability of each star.

    Raises:
        InputError: `stars` is true, and there are no distributions or the ratings are not stars.
    """
    columns: dict[str, Any] = {word: np.array(values, np.float64)}
    columns |= {} if predictive is None else predictive.uncertainty()
    for column in columns.values():
        column[unknown] = np.nan
    if stars:
        chances = known(predictive, "stars").stars()
        columns["stars"] = [None if lost else each for lost, each in zip(unknown, chances, strict=True)]
    return pd.DataFrame(columns)


def chunks(users: Int32Array, items: Int32Array) -> Iterator[tuple[Any, Any]]:
    """Yield chunks of pairs of codes (B,), at least one."""
    for start in range(0, max(1, len(users)), _PAIRS):
        yield users[start : start + _PAIRS], items[start : start + _PAIRS]
