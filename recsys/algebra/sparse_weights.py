"""Non-negative sparse item weights of SLIM by coordinate descent (Ning and Karypis 2011; Friedman et al. 2010)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.algebra.compiled import compiled
from recsys.algebra.threads import over_rows
from recsys.arrays import Float32Array, Float64Array

TOLERANCE = 1e-3
"""The change of a weight, relative to the largest of its item, up to which a pass is the last."""


def sparse_weights(owned: Any, l1: float, l2: float, sweeps: int, tolerance: float = TOLERANCE) -> Float32Array:
    """Return W (I, I) that minimises ½ ‖X - X W‖² + ½ l2 ‖W‖² + l1 Σ W with W ≥ 0 and a zero diagonal.

    Args:
        owned: The weights X of users' items, a sparse matrix (U, I).
        l1: The l1 penalty.
        l2: The l2 penalty.
        sweeps: The maximal number of passes over the weights of an item.
        tolerance: See `TOLERANCE`.
    """
    items = owned.T.tocsr().astype(np.float64)
    gram = np.ascontiguousarray((items @ items.T).toarray())
    weights = np.zeros(gram.shape, np.float32)
    starts = len(gram) * np.arange(len(gram) + 1)
    penalties = float(l1), float(l2)
    over_rows(lambda begin, end: _descend(gram, *penalties, sweeps, tolerance, weights, begin, end), starts)
    return np.ascontiguousarray(weights.T)


@compiled
def _descend(
    gram: Float64Array,
    l1: float,
    l2: float,
    sweeps: int,
    tolerance: float,
    weights: Float32Array,
    begin: int,
    end: int,
) -> None:
    """Compute the weights of items in the scores of the items `begin` to `end`, rows of `weights` (I, I)."""
    size = len(gram)
    w, rest = np.empty(size), np.empty(size)
    for item in range(begin, end):
        w[:] = 0
        rest[:] = gram[item]  # the Gram matrix's column minus what the weights explain of it
        for _ in range(sweeps):
            moved, largest = 0.0, 0.0
            for other in range(size):
                if other == item or (w[other] == 0 and rest[other] <= l1):
                    continue
                own = gram[other, other]
                new = max((rest[other] + own * w[other] - l1) / (own + l2), 0.0)
                change = new - w[other]
                if change != 0:
                    row = gram[other]
                    for place in range(size):
                        rest[place] -= change * row[place]
                    w[other] = new
                moved, largest = max(moved, abs(change)), max(largest, new)
            if moved <= tolerance * largest:
                break
        for other in range(size):
            weights[item, other] = w[other]
