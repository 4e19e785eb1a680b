"""Intervals and tests for what differs by chance only: ratings of one user are related, so users are the unit.

Every function takes the loss of each rating (its squared error for RMSE, its absolute error for MAE) or, for ranking
metrics, the value of each user, shape (N,), with the code of its user, shape (N,). The metric is their mean, or the
root of their mean with `root=True`, which makes RMSE of squared errors. All follow from sums by user.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from recsys.arrays import AnyArray, Float64Array, IntArray
from recsys.evaluation.metrics.metric import Direction

_DRAWS_AT_ONCE = 2**22


@dataclass(frozen=True)
class PairedTest:
    """How a candidate A compares with a champion B on the same ratings."""

    difference: float
    """Metric of A minus metric of B, in units of the metric."""
    interval: tuple[float, float]
    """Confidence interval of the difference, two-sided; infinite where there are fewer than two users."""
    p_one_sided: float
    """Of the hypothesis that A is not better than B by more than the margin. 1 where nothing can be said."""
    p_two_sided: float
    """Of the hypothesis that A and B are equal. 1 where nothing can be said."""

    @property
    def in_words(self) -> str:
        """How certain the difference is."""
        low, high = self.interval
        if not np.isfinite([low, high]).all():
            return "of fewer than two users, from whom nothing follows for others"
        return f"95 % {low:+.4f} to {high:+.4f}, p {self.p_two_sided:.2g}"


def bootstrap_interval(
    losses: Float64Array,
    users: IntArray,
    *,
    root: bool = False,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Percentile interval of a metric by the bootstrap over users (Efron & Tibshirani 1993; Field & Welsh 2007).

    Users are drawn with replacement, each with all of its ratings.

    Returns:
        The lowest and the highest value, in units of the metric; None for fewer than two users, of whom no other draw
        would be another.
    """
    if len(np.unique(users)) < 2:
        return None
    totals, counts = _by_user(users, np.asarray(losses, np.float64))
    n, random = len(counts), np.random.default_rng(seed)
    at_once = max(1, _DRAWS_AT_ONCE // n)
    values = []
    for done in range(0, resamples, at_once):
        drawn = random.integers(0, n, (min(at_once, resamples - done), n), dtype=np.int32)
        values.append(_value(totals[0][drawn].sum(axis=1), counts[drawn].sum(axis=1), root=root))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(values), [tail, 1 - tail])
    return float(low), float(high)


def paired_test(
    candidate: Float64Array,
    champion: Float64Array,
    users: IntArray,
    *,
    root: bool = False,
    direction: Direction = "minimize",
    margin: float = 0.0,
    confidence: float = 0.95,
) -> PairedTest:
    """Whether the candidate is better than the champion by more than `margin`: a t test on the jackknife over users.

    The standard error is that of leaving out one user at a time (Efron & Stein 1981; the estimator CV3J of MacKinnon,
    Nielsen & Webb 2023), which holds for means and for RMSE alike. The degrees of freedom are the effective number of
    users, (Σ n)² / Σ n² for n ratings a user, less one (after Carter, Schnepel & Steigerwald 2017): few users with
    many ratings weigh as few.

    Args:
        candidate: Losses, or values by user, of the candidate A, (N,).
        champion: Those of the champion B on the same ratings, (N,).
        users: The user of each, (N,).
        root: The metric is the root of the mean (RMSE).
        direction: Whether a lower or a higher metric is better.
        margin: How much better A has to be, in units of the metric.
        confidence: Of the interval.
    """
    totals, counts = _by_user(users, np.asarray(candidate, np.float64), np.asarray(champion, np.float64))
    all_totals, ratings = totals.sum(axis=1, keepdims=True), counts.sum()
    a, b = _value(all_totals[:, 0], ratings, root=root)
    difference = float(a - b)
    if len(counts) < 2 or not np.isfinite(difference):
        return PairedTest(difference, (-np.inf, np.inf), 1.0, 1.0)
    without_a, without_b = _value(all_totals - totals, ratings - counts, root=root)
    error = _jackknife_error(without_a - without_b)
    freedom = ratings**2 / np.sum(counts**2) - 1
    half = float(error * stdtrit(freedom, (1 + confidence) / 2))
    gain = difference if direction == "maximize" else -difference
    return PairedTest(
        difference,
        (difference - half, difference + half),
        _p_above(gain - margin, error, freedom),
        min(1.0, 2 * _p_above(abs(difference), error, freedom)),
    )


def holm(p_values: AnyArray, of: int | None = None) -> Float64Array:
    """Holm's correction for looking at several tests at once (Holm 1979): adjusted p values, (T,), in their order.

    Args:
        p_values: Of the tests, (T,).
        of: How many tests there are in all, where those given were chosen by their data; T by default. The k-th
            smallest of those given is not before the k-th of all, so that its factor is at most `of` - k + 1.
    """
    p_values = np.asarray(p_values, np.float64)
    order = np.argsort(p_values, kind="stable")
    factors = (len(p_values) if of is None else of) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p_values[order]))
    return adjusted


def _by_user(users: IntArray, *losses: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Sums of the losses by user, (len(losses), users), and numbers of ratings, (users,)."""
    _, codes = np.unique(users, return_inverse=True)
    totals = np.stack([np.bincount(codes, weights=each) for each in losses])
    return np.asarray(totals), np.bincount(codes).astype(np.float64)


def _value(totals: Float64Array, counts: Float64Array, *, root: bool) -> Float64Array:
    means: Float64Array = np.divide(totals, counts, out=np.full(np.shape(totals), np.nan), where=np.asarray(counts) > 0)
    return np.sqrt(np.maximum(means, 0.0)) if root else means  # leaving out may round a zero sum below zero


def _jackknife_error(left_out: Float64Array) -> float:
    n = len(left_out)
    return float(np.sqrt((n - 1) / n * np.sum((left_out - left_out.mean()) ** 2)))


def _p_above(gain: float, error: float, freedom: float) -> float:
    """The chance of such a gain where there is none; without spread a gain is certain, and no gain is none."""
    if error <= 0 or freedom <= 0:
        return 0.0 if gain > 0 and freedom > 0 else 1.0
    return float(stdtr(freedom, -gain / error))
