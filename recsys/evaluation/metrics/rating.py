"""Rating metrics: the error of predicted ratings.

Each is the mean of a loss over all ratings, or the root of that mean. The caller clips predictions to the scale if the
experiment asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.arrays import AnyArray, Float64Array
from recsys.evaluation.metrics.metric import Metric, by_name

Loss = Callable[[Any, Any, Any], Any]
"""From truth, predictions and a module to the loss of each rating. The module is NumPy or, in a compiled graph,
TensorFlow; a loss uses only functions that have the same name and meaning in both."""


@dataclass(frozen=True)
class RatingMetric(Metric):
    """A metric of predicted ratings, computed in float64."""

    loss: Loss

    def losses(self, truth: AnyArray, predicted: AnyArray) -> Float64Array:
        """The loss of each rating, in the shape of the predictions: (B,) or (B, M); the truth has shape (B,)."""
        predicted, truth = np.asarray(predicted, np.float64), np.asarray(truth, np.float64)
        return np.asarray(self.loss(truth[:, None] if predicted.ndim == 2 else truth, predicted, np))

    def value(self, truth: AnyArray, predicted: AnyArray) -> Float64Array:
        """The metric of predictions (B,) or (B, M): () or (M,); NaN without ratings."""
        losses = self.losses(truth, predicted)
        if len(losses) == 0:
            return np.full(losses.shape[1:], np.nan)
        return self.of_mean(losses.mean(axis=0))

    def of_mean(self, mean: Float64Array) -> Float64Array:
        """The metric, given the mean of the losses, any shape."""
        return np.sqrt(mean) if self.root else np.asarray(mean)


def clip(predicted: AnyArray, scale: tuple[float, float]) -> Float64Array:
    """The predictions, any shape, clipped to the scale (lowest, highest rating); NaN stays NaN."""
    return np.clip(np.asarray(predicted, np.float64), *scale)


def squared_error(truth: Any, predicted: Any, by: Any) -> Any:
    """(r - r̂)²; the root of the mean is RMSE, √(1/B Σ (r - r̂)²) (Herlocker et al. 2004)."""
    return by.square(predicted - truth)


def absolute_error(truth: Any, predicted: Any, by: Any) -> Any:
    """|r - r̂|; the mean is MAE, 1/B Σ |r - r̂| (Herlocker et al. 2004)."""
    return by.abs(predicted - truth)


def rounded_error(truth: Any, predicted: Any, by: Any) -> Any:
    """|r - round(r̂)|, with the prediction rounded to a whole rating.

    Halves round to even, as in NumPy, TensorFlow and published results.
    """
    return by.abs(by.round(predicted) - truth)


RATING_METRICS = by_name(
    RatingMetric("rmse", "minimize", "rating", squared_error, root=True),
    RatingMetric("mae", "minimize", "rating", absolute_error),
    RatingMetric("rounded_mae", "minimize", "rating", rounded_error),
)
