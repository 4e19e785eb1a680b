"""Regret: a bound of the improvement that a search can still reach, from the values of its trials.

Near the optimum of a smooth objective in `d` parameters, the share of the space within `r` of the optimum grows as
r^(d/2). Measured from the unknown optimum, the best of the `k` best values is therefore distributed as the k-th best
times the minimum of k - 1 samples of u^(2/d), with u uniform; this bounds the optimum (de Haan 1981). The bound holds
for random points. For a sampler that uses results it refers to the region that the sampler explores.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

CONFIDENCE = 0.95
LEAST = 32
"""The fewest ended trials for a bound."""


def regret_bound(values: Sequence[float], ended: int, parameters: int, confidence: float = CONFIDENCE) -> float | None:
    """An upper bound of the improvement over the best value that any point can have.

    Args:
        values: The values of the complete trials, lower is better; values that are not finite are ignored.
        ended: The number of ended trials, including pruned ones, which are not among the best.
        parameters: The number of searched parameters. Irrelevant ones widen the bound, which stays valid.
        confidence: The confidence level.

    Returns:
        The bound, in units of the values; None for too few trials.
    """
    tail = ended // 10
    finite = np.sort([value for value in values if math.isfinite(value)])
    if ended < LEAST or len(finite) < tail:
        return None
    share = (1 - (1 - confidence) ** (1 / (tail - 1))) ** (2 / parameters)
    return float((finite[tail - 1] - finite[0]) * share / (1 - share))
