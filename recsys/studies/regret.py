"""Regret: how much better than the best so far a search may still come to, as far as its own values tell.

Near the optimum of a smooth objective in `d` parameters the share of the space that is within `r` of it grows as
r^(d/2). So of the `k` best values of a search, measured from the unknown optimum, the best is distributed as the least
of k - 1 draws of u^(2/d), u uniform, times the k-th best; which bounds the optimum (L. de Haan, Estimation of the
Minimum of a Function Using Order Statistics, JASA 76, 1981). The law is of points drawn at random; of a sampler that
learns it speaks of the region where that looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

CONFIDENCE = 0.95
LEAST = 32
"""Trials below which nothing is said."""


def regret_bound(values: Sequence[float], ended: int, parameters: int, confidence: float = CONFIDENCE) -> float | None:
    """How much better than the best value any point may be, at that confidence.

    Args:
        values: Of the complete trials, the smaller the better; those that are no numbers do not count.
        ended: Trials that have ended, pruned ones among them, of which no value is needed: they are not of the best.
        parameters: How many are searched. More than matter widen the bound, so that it still holds.
        confidence: Of the bound.

    Returns:
        The bound, in units of the values; None where there are too few trials to say.
    """
    tail = ended // 10
    finite = np.sort([value for value in values if math.isfinite(value)])
    if ended < LEAST or len(finite) < tail:
        return None
    share = (1 - (1 - confidence) ** (1 / (tail - 1))) ** (2 / parameters)
    return float((finite[tail - 1] - finite[0]) * share / (1 - share))
