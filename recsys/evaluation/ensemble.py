"""Greedy ensemble selection: which trials to average, and with what weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recsys.arrays import AnyArray, Float32Array, Float64Array, IntpArray
from recsys.errors import InputError
from recsys.evaluation.fallback import rank_top_k
from recsys.evaluation.metrics.rating import RATING_METRICS
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.ranking import RankingPart

EnsembleLoss = Callable[[AnyArray], Float64Array]
"""From predictions (N, T) to how bad each column is, (T,): the lower, the better; infinite where it is no number."""


def greedy_ensemble(predictions: AnyArray, truth: AnyArray, size: int, metric: str = "rmse") -> Float64Array:
    """Weights of a greedy ensemble of predicted ratings: see `greedy`.

    Args:
        predictions: Validation predictions of T trials, (N, T). Those with a NaN are never taken.
        truth: The validation ratings, (N,).
        size: How many trials are in at most, repetitions included.
        metric: A rating metric.

    Raises:
        InputError: The metric is not one of ratings, the size not positive, or no trial has numbers.
    """
    if metric not in RATING_METRICS:
        raise InputError(f"an ensemble is built for {', '.join(RATING_METRICS)}, not for {metric}")

    def judge(columns: AnyArray) -> Float64Array:
        means = RATING_METRICS[metric].losses(truth, columns).mean(axis=0)
        return np.where(np.isfinite(means), means, np.inf)

    return greedy_selection(np.asarray(predictions, np.float64), size, judge)


def greedy_ranking_ensemble(
    scores: Float32Array, part: RankingPart, size: int, metric: str, k: int, *, rates: bool
) -> Float64Array:
    """Weights of a greedy ensemble of lists, which are ranked by the mean of scores: see `greedy`.

    Args:
        scores: Of T trials for the V users of the part and all items, (V · I, T), each of one scale.
        part: The validation part.
        size: How many trials are in at most, repetitions included.
        metric: A ranking metric that single users have.
        k: The length of the lists.
        rates: Whether the mean of the trials is a rating, which decides who is cold: see `Fallback`.
    """
    users, items = len(part.users), len(part.popularity)
    seen = part.seen[part.users].toarray()

    def judge(columns: AnyArray) -> Float64Array:
        lists = [rank_top_k(column.reshape(1, users, items), seen, k, part.fallback.order) for column in columns.T]
        broken = np.asarray(np.isnan(columns).any(axis=0))
        values = part.evaluate_lists(np.concatenate(lists), broken, k, rates=rates).values[metric]
        return np.array([metric_of(metric).sort_key(float(value)) for value in values])

    return greedy_selection(scores, size, judge)


def greedy_selection(predictions: AnyArray, size: int, judge: EnsembleLoss) -> Float64Array:
    """Weights of a greedy ensemble with replacement and sorted initialisation (Caruana et al. 2004).

    It starts from the best trials together, as many of them as do best, and then adds again and again the trial that
    helps most, until `size` are in; a trial that is in twice weighs twice. The best ensemble on the way is returned,
    which is never worse in the judge's eyes than the best single trial. Of equals the first trial is taken.

    Args:
        predictions: Of T trials, (N, T).
        size: How many trials are in at most, repetitions included.
        judge: Of columns of predictions.

    Returns:
        Weights (T,), not negative, that sum to 1.
    """
    if size < 1:
        raise InputError(f"the size of an ensemble must be at least 1, not {size}")
    singles = judge(predictions)
    if not np.isfinite(singles).any():
        raise InputError("no trial to build an ensemble of: none has finite predictions")
    picks, value = _initial_picks(predictions, singles, size, judge)
    best, best_value = picks, value
    while len(picks) < size:
        total = predictions[:, picks].sum(axis=1, keepdims=True)
        values = judge((total + predictions) / (len(picks) + 1))
        picks = np.append(picks, values.argmin())
        if values.min() < best_value:
            best, best_value = picks, values.min()
    return np.bincount(best, minlength=predictions.shape[1]) / len(best)


def _initial_picks(
    predictions: AnyArray, singles: Float64Array, size: int, judge: EnsembleLoss
) -> tuple[IntpArray, float]:
    """The best trials whose plain mean does best, and how well it does."""
    order = np.argsort(singles, kind="stable")[:size]
    means = np.cumsum(predictions[:, order], axis=1) / np.arange(1, len(order) + 1, dtype=predictions.dtype)
    values = judge(means)
    return order[: values.argmin() + 1], float(values.min())


def score_deviation(scores: AnyArray) -> float:
    """How far scores (V, I) lie apart within users, a deviation: it brings scores of several models to one scale."""
    return float(np.std(scores - scores.mean(axis=1, keepdims=True))) or 1.0
