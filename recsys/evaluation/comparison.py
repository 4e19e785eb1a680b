"""Several trials on the same ratings: which is best, and which cannot be told apart from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, Float64Array, IntArray
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.significance import PairedTest, holm, paired_test


@dataclass(frozen=True, eq=False)
class Comparison:
    """T trials, each against the best of them."""

    best: int
    tests: tuple[PairedTest, ...]
    """Of each trial against the best, (T,); that of the best against itself says nothing."""
    p_values: Float64Array
    """Two-sided, after Holm's correction for the tests of all T(T - 1)/2 pairs, (T,); 1 for the best.

    Which trial is the best is seen in the same data, so that its tests are chosen among those of all pairs: corrected
    as T - 1 tests, one in six leaderboards of twenty equal trials would show a difference.
    """
    tied: BoolArray
    """Which trials cannot be told apart from the best at the level asked for, the best among them, (T,)."""


def compare_to_best(
    metric: Metric,
    losses: Float64Array,
    users: IntArray,
    *,
    level: float = 0.05,
) -> Comparison | None:
    """Compare every trial with the one of the best metric; None where no trial has a number.

    Args:
        metric: What `losses` are of; RMSE takes squared errors.
        losses: The loss of each rating, or the value of each user, (N, T).
        users: The user of each row, (N,).
        level: Below this corrected p value a trial counts as different.
    """
    values = losses.mean(axis=0) if len(losses) else np.full(losses.shape[1], np.nan)
    best = metric.best_index(list(values))  # the root keeps the order
    if best is None:
        return None
    tests = tuple(
        paired_test(each, losses[:, best], users, root=metric.root, direction=metric.direction) for each in losses.T
    )
    others = np.arange(len(tests)) != best
    p_values = np.ones(len(tests))
    pairs = len(tests) * (len(tests) - 1) // 2
    p_values[others] = holm(np.array([test.p_two_sided for test in tests])[others], of=pairs)
    tied = (p_values >= level) & np.isfinite(values)
    return Comparison(best, tests, p_values, tied)
