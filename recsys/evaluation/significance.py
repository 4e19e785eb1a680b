"""Confidence intervals and paired tests of metrics, clustered by user, as ratings of one user are dependent.

Every function takes the loss of each rating (squared error for RMSE, absolute error for MAE) or, for ranking metrics,
the value of each user, shape (N,), and the code of the user, shape (N,). The metric is their mean or, with `root=True`,
the root of their mean, which turns squared errors into RMSE. All results depend on sums by user only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from recsys.arrays import AnyArray, Float64Array, IntArray
from recsys.evaluation.metrics.metric import Direction

_RESAMPLED_AT_ONCE = 2**22
"""Resampled users in memory at once."""


@dataclass(frozen=True)
class PairedTest:
    """The comparison of a candidate A with a champion B on the same ratings."""

    difference: float
    """Metric of A minus metric of B, in units of the metric."""
    interval: tuple[float, float]
    """The two-sided confidence interval of the difference; infinite for fewer than two users."""
    p_one_sided: float
    """For the null hypothesis that A is not better than B by more than the margin; 1 for fewer than two users."""
    p_two_sided: float
    """For the null hypothesis that A and B are equal; 1 for fewer than two users."""

    @property
    def in_words(self) -> str:
        """The interval and the p-value, as text."""
        low, high = self.interval
        if not np.isfinite([low, high]).all():
            return "of fewer than two users, from whom nothing follows for others"
        return f"95 % {low:+.4f} to {high:+.4f}, p {self.p_two_sided:.2g}"


@dataclass(frozen=True)
class UnpairedTest:
    """The comparison of a metric between two groups of users."""

    difference: float
    """Metric of the one group minus metric of the other."""
    interval: tuple[float, float]
    """The two-sided confidence interval of the difference; infinite if a group has fewer than two users."""
    p_value: float
    """Two-sided, for the null hypothesis that the groups are equal; 1 if a group has fewer than two users."""


def bootstrap_interval(
    losses: Float64Array,
    users: IntArray,
    *,
    root: bool = False,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Percentile interval of a metric by the bootstrap over users (Efron and Tibshirani 1993; Field and Welsh 2007).

    The bootstrap resamples users with replacement, each with all of its ratings.

    Returns:
        The lower and the upper end, in units of the metric; None for fewer than two users, whose resamples are all
        equal.
    """
    if len(np.unique(users)) < 2:
        return None
    totals, counts = _by_user(users, np.asarray(losses, np.float64))
    n, random = len(counts), np.random.default_rng(seed)
    at_once = max(1, _RESAMPLED_AT_ONCE // n)
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
    """Test whether the candidate beats the champion by more than `margin`: a t-test on the jackknife over users.

    The standard error comes from leaving out one user at a time (Efron and Stein 1981; the estimator CV3J of MacKinnon
    et al. 2023), which is valid for means and for RMSE. The degrees of freedom are the effective number of users minus
    one, (Σ n)² / Σ n² - 1 for n ratings a user (after Carter et al. 2017), so that a few users with many ratings count
    as few.

    Args:
        candidate: The losses, or the values by user, of the candidate A, (N,).
        champion: Those of the champion B on the same ratings, (N,).
        users: The user of each, (N,).
        root: Whether the metric is the root of the mean (RMSE).
        direction: Whether a lower or a higher metric is better.
        margin: The least improvement, in units of the metric.
        confidence: The level of the interval.
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


def unpaired_test(
    one: tuple[Float64Array, IntArray],
    other: tuple[Float64Array, IntArray],
    *,
    root: bool = False,
    confidence: float = 0.95,
) -> UnpairedTest:
    """Test whether a metric differs between two groups of users: Welch's t-test (Welch 1947) on the jackknife.

    Standard errors and degrees of freedom of each group are those of `paired_test`; with one value a user it is the
    ordinary test of two means with unequal variances.

    Args:
        one: The losses, or the values by user, of one group, (N,), and the user of each, (N,).
        other: Those of the other group, whose users are different ones.
        root: Whether the metric is the root of the mean (RMSE).
        confidence: The level of the interval.
    """
    values, variances, freedoms = zip(*(_jackknife(*group, root=root) for group in (one, other)), strict=True)
    difference, variance = float(values[0] - values[1]), sum(variances)
    if not np.isfinite(difference) or min(freedoms) <= 0:
        return UnpairedTest(difference, (-np.inf, np.inf), 1.0)
    parts = sum(part**2 / freedom for part, freedom in zip(variances, freedoms, strict=True))
    freedom, error = variance**2 / parts if parts > 0 else min(freedoms), float(np.sqrt(variance))
    half = float(error * stdtrit(freedom, (1 + confidence) / 2))
    p_value = min(1.0, 2 * _p_above(abs(difference), error, freedom))
    return UnpairedTest(difference, (difference - half, difference + half), p_value)


def _jackknife(losses: Float64Array, users: IntArray, *, root: bool) -> tuple[float, float, float]:
    """The metric, its variance by the jackknife over users, and the degrees of freedom; 0 for fewer than two users."""
    if len(np.unique(users)) < 2:
        return float(_value(losses.sum(), np.array(len(losses)), root=root)), 0.0, 0.0
    totals, counts = _by_user(users, np.asarray(losses, np.float64))
    without = _value(totals[0].sum() - totals[0], counts.sum() - counts, root=root)
    value = float(_value(totals[0].sum(), counts.sum(), root=root))
    return value, _jackknife_error(without) ** 2, float(counts.sum() ** 2 / np.sum(counts**2) - 1)


def holm(p_values: AnyArray, of: int | None = None) -> Float64Array:
    """Adjusted p-values of several tests, (T,), by Holm's correction (Holm 1979).

    Args:
        p_values: The p-values of T tests, (T,).
        of: The number of all tests, if the given ones were selected by their data; T by default. The k-th smallest
            given p-value is at least the k-th smallest of all, so its factor is at most `of` - k + 1.
    """
    p_values = np.asarray(p_values, np.float64)
    order = np.argsort(p_values, kind="stable")
    factors = (len(p_values) if of is None else of) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p_values[order]))
    return adjusted


def _by_user(users: IntArray, *losses: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Sums of each array of losses by user, (len(losses), users), and the numbers of ratings, (users,)."""
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
    """The p-value of a gain under no gain; with a standard error of 0 it is 0 for a gain and else 1."""
    if error <= 0 or freedom <= 0:
        return 0.0 if gain > 0 and freedom > 0 else 1.0
    return float(stdtr(freedom, -gain / error))
