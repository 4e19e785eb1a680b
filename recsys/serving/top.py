"""The best of many items, without sorting the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def top(scores: npt.NDArray[Any], hidden: npt.NDArray[np.bool_], n: int) -> npt.NDArray[np.intp]:
    """The places of the `n` best scores (I,), the best first and the earlier first among equals.

    Neither what is hidden (I,) nor what has no finite score is among them, so that they may be fewer.
    """
    values = np.where(hidden | ~np.isfinite(scores), -np.inf, scores.astype(np.float64))
    shown = int(np.isfinite(values).sum())
    n = min(n, shown)
    if n == 0:
        return np.zeros(0, np.intp)
    worst = np.partition(values, -n)[-n]
    places = np.flatnonzero(values >= worst)
    return places[np.argsort(-values[places], kind="stable")][:n]
