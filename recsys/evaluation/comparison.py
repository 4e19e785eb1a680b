"""Compare trials on the same ratings: the best one, and those that do not differ from it significantly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, Float64Array, IntArray
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.significance import PairedTest, holm, paired_test


@dataclass(frozen=True, eq=False)
class Comparison:
    """T trials, each compared with the best of them."""

    best: int
    tests: tuple[PairedTest, ...]
    """The test of each trial against the best, (T,). The test of the best against itself is meaningless."""
    p_values: Float64Array
    """Two-sided, after Holm's correction for the tests of all T(T - 1)/2 pairs, (T,); 1 for the best.

    The same data decide which trial is the best, so the tests against it are a selection from all pairs. Corrected as
    T - 1 tests only, one in six leaderboards of twenty equal trials would show a difference.
    """
    tied: BoolArray
    """Which trials do not differ from the best at the given level; the best is one of them, (T,)."""


def compare_to_best(
    metric: Metric,
    losses: Float64Array,
    users: IntArray,
    *,
    level: float = 0.05,
) -> Comparison | None:
    """Compare every trial with the one that has the best metric; None if every trial has NaN.

    Args:
        metric: The metric that `losses` belong to; RMSE takes squared errors.
        losses: The loss of each rating, or the value of each user, (N, T).
        users: The user of each row, (N,).
        level: A trial with a corrected p-value below this differs from the best.
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
