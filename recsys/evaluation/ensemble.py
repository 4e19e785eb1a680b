"""Greedy ensemble selection: which trials to average, and with what weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.errors import InputError
from recsys.evaluation.rating_metrics import LOSSES

Floats = npt.NDArray[np.float64]


def greedy_ensemble(predictions: npt.NDArray[Any], truth: npt.NDArray[Any], size: int, metric: str = "rmse") -> Floats:
    """Weights of a greedy ensemble with replacement and sorted initialisation (Caruana et al. 2004).

    It starts from the best trials together, as many of them as do best, and then adds again and again the trial that
    helps most, until `size` are in; a trial that is in twice weighs twice. The best ensemble on the way is returned,
    which is never worse on `truth` than the best single trial. Of equals the first trial is taken.

    Args:
        predictions: Validation predictions of T trials, (N, T). Those with a NaN are never taken.
        truth: The validation ratings, (N,).
        size: How many trials are in at most, repetitions included.
        metric: A rating metric.

    Returns:
        Weights (T,), not negative, that sum to 1.

    Raises:
        InputError: The metric is not one of ratings, the size not positive, or no trial has numbers.
    """
    if metric not in LOSSES:
        raise InputError(f"an ensemble is built for {', '.join(LOSSES)}, not for {metric}")
    if size < 1:
        raise InputError(f"the size of an ensemble must be at least 1, not {size}")
    predictions = np.asarray(predictions, np.float64)
    singles = _values(predictions, truth, metric)
    if not np.isfinite(singles).any():
        raise InputError("no trial to build an ensemble of: none has finite predictions")
    picks, value = _initial_picks(predictions, truth, singles, size, metric)
    best, best_value = picks, value
    while len(picks) < size:
        total = predictions[:, picks].sum(axis=1, keepdims=True)
        values = _values((total + predictions) / (len(picks) + 1), truth, metric)
        picks = np.append(picks, values.argmin())
        if values.min() < best_value:
            best, best_value = picks, values.min()
    return np.bincount(best, minlength=predictions.shape[1]) / len(best)


def _initial_picks(
    predictions: Floats, truth: npt.NDArray[Any], singles: Floats, size: int, metric: str
) -> tuple[npt.NDArray[np.intp], float]:
    """The best trials whose plain mean does best, and how well it does."""
    order = np.argsort(singles, kind="stable")[:size]
    means = np.cumsum(predictions[:, order], axis=1) / np.arange(1, len(order) + 1)
    values = _values(means, truth, metric)
    return order[: values.argmin() + 1], float(values.min())


def _values(predictions: Floats, truth: npt.NDArray[Any], metric: str) -> Floats:
    """The mean loss of each column, (T,), in the metric's order; infinite where it is no number."""
    means = LOSSES[metric](truth, predictions).mean(axis=0)
    return np.where(np.isfinite(means), means, np.inf)
