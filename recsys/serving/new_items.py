"""New items, which nobody in the data has rated or chosen, in lists."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from recsys.arrays import Int32Array
from recsys.errors import InputError, shown

_ROUNDING = 1e-9
"""An error of rounding of a share times a length."""


def checked_share(given: Any) -> float:
    """Return a share of new items.

    Raises:
        InputError: It is no number from 0 to 1.
    """
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 <= float(given) <= 1:
        raise InputError(f"new_share = {shown(repr(given))}: expected a number from 0 to 1")
    return float(given)


def least_count(share: float, n: int) -> int:
    """Return the fewest new items of a list of `n` that are this share of it."""
    return math.ceil(share * n - _ROUNDING)


def spread(new: Int32Array, others: Int32Array) -> Int32Array:
    """Return a list with the new items (K,) at evenly spaced places between the others (N - K,): item codes (N,)."""
    count = len(new) + len(others)
    places = (2 * np.arange(len(new)) + 1) * count // (2 * max(len(new), 1))
    are_new = np.isin(np.arange(count), places)
    found = np.empty(count, np.int32)
    found[are_new], found[~are_new] = new, others
    return found
