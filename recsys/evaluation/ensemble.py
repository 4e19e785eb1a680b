"""Greedy ensemble selection: the trials to average and their weights."""

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
"""From predictions (N, T) to the loss of each column, (T,), lower is better; infinite instead of NaN."""


def greedy_ensemble(predictions: AnyArray, truth: AnyArray, size: int, metric: str = "rmse") -> Float64Array:
    """Weights of a greedy ensemble of predicted ratings; see `greedy_selection`.

    Args:
        predictions: Validation predictions of T trials, (N, T). A trial with a NaN is never selected.
        truth: The validation ratings, (N,).
        size: The maximal number of selected trials, repetitions included.
        metric: A rating metric.

    Raises:
        InputError: The metric is not a rating metric, the size is not positive, or every trial has a NaN.
    """
    if metric not in RATING_METRICS:
        raise InputError(f"an ensemble is built for {', '.join(RATING_METRICS)}, not for {metric}")

    def loss(columns: AnyArray) -> Float64Array:
        means = RATING_METRICS[metric].losses(truth, columns).mean(axis=0)
        return np.where(np.isfinite(means), means, np.inf)

    return greedy_selection(np.asarray(predictions, np.float64), size, loss)


def greedy_ranking_ensemble(
    scores: Float32Array,
    part: RankingPart,
    size: int,
    metric: str,
    k: int,
    *,
    rates: bool,
    reads: bool = False,
    features: bool = False,
) -> Float64Array:
    """Weights of a greedy ensemble that ranks by the mean of the trials' scores; see `greedy_selection`.

    Args:
        scores: Scores of T trials for the V users of the part and all items, (V · I, T), on one scale.
        part: The validation part.
        size: The maximal number of selected trials, repetitions included.
        metric: A ranking metric with a value for each user.
        k: The length of the lists.
        rates: Whether the mean of the scores is a rating, which decides which users are cold; see `Fallback`.
        reads: Whether a trial's scores come from histories; see `RankingPart.cold`.
        features: Whether a trial's scores come from features of users.
    """
    users, items = len(part.users), len(part.popularity)
    hidden = part.cases.hidden(np.arange(users))

    def loss(columns: AnyArray) -> Float64Array:
        lists = [rank_top_k(column.reshape(1, users, items), hidden, k, part.fallback.order) for column in columns.T]
        broken = np.asarray(np.isnan(columns).any(axis=0))
        found = part.evaluate_lists(np.concatenate(lists), broken, k, rates=rates, reads=reads, features=features)
        return np.array([metric_of(metric).sort_key(float(value)) for value in found.values[metric]])

    return greedy_selection(scores, size, loss)


def greedy_selection(predictions: AnyArray, size: int, loss: EnsembleLoss) -> Float64Array:
    """Weights of a greedy ensemble with replacement and sorted initialisation (Caruana et al. 2004).

    Selection starts from the n best single trials, with the n whose mean has the lowest loss. It then repeatedly adds
    the trial that lowers the loss most, until `size` trials are selected; a trial selected twice weighs twice. The
    result is the best ensemble on the way, whose loss is never above that of the best single trial. Ties go to the
    first trial.

    Args:
        predictions: Predictions of T trials, (N, T).
        size: The maximal number of selected trials, repetitions included.
        loss: The loss of each column of predictions.

    Returns:
        Non-negative weights (T,) that sum to 1.

    Raises:
        InputError: The size is not positive, or no trial has a finite loss.
    """
    if size < 1:
        raise InputError(f"the size of an ensemble must be at least 1, not {size}")
    singles = loss(predictions)
    if not np.isfinite(singles).any():
        raise InputError("no trial to build an ensemble of: none has finite predictions")
    picks, value = _initial_picks(predictions, singles, size, loss)
    best, best_value = picks, value
    while len(picks) < size:
        total = predictions[:, picks].sum(axis=1, keepdims=True)
        values = loss((total + predictions) / (len(picks) + 1))
        picks = np.append(picks, values.argmin())
        if values.min() < best_value:
            best, best_value = picks, values.min()
    return np.bincount(best, minlength=predictions.shape[1]) / len(best)


def _initial_picks(
    predictions: AnyArray, singles: Float64Array, size: int, loss: EnsembleLoss
) -> tuple[IntpArray, float]:
    """The best single trials whose plain mean has the lowest loss, and that loss."""
    order = np.argsort(singles, kind="stable")[:size]
    means = np.cumsum(predictions[:, order], axis=1) / np.arange(1, len(order) + 1, dtype=predictions.dtype)
    values = loss(means)
    return order[: values.argmin() + 1], float(values.min())


def score_deviation(scores: AnyArray) -> float:
    """The standard deviation of scores (V, I) within users; dividing by it brings several models to one scale."""
    return float(np.std(scores - scores.mean(axis=1, keepdims=True))) or 1.0
