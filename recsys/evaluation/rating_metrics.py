"""Rating metrics: how far predictions are from the ratings given.

Every function takes the truth, shape (B,), and predictions, shape (B,) or (B, M), and computes in float64. The metrics
give one value a member, shape () or (M,); without a rating they are NaN. Predictions are measured as they come: the
caller clips them to the scale where the experiment says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Losses = Callable[[npt.NDArray[Any], npt.NDArray[Any]], Floats]


def clip(predicted: npt.NDArray[Any], scale: tuple[float, float]) -> Floats:
    """The predictions, any shape, moved into the scale (lowest, highest rating); NaN stays NaN."""
    return np.clip(np.asarray(predicted, np.float64), *scale)


def squared_errors(truth: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> Floats:
    """The loss of each rating behind `rmse`: (r - r̂)², in the shape of the predictions."""
    return np.square(_errors(truth, predicted))


def absolute_errors(truth: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> Floats:
    """The loss of each rating behind `mae`: |r - r̂|, in the shape of the predictions."""
    return np.abs(_errors(truth, predicted))


def rounded_errors(truth: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> Floats:
    """The loss of each rating behind `rounded_mae`: |r - round(r̂)|, in the shape of the predictions.

    A half goes to the even neighbour, as in NumPy, TensorFlow and the published figures.
    """
    return np.abs(_errors(truth, np.round(np.asarray(predicted, np.float64))))


def rmse(truth: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> Floats:
    """Root mean squared error, √(1/B Σ (r - r̂)²) (Herlocker et al. 2004)."""
    return np.sqrt(_mean(squared_errors(truth, predicted)))


def mae(truth: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> Floats:
    """Mean absolute error, 1/B Σ |r - r̂| (Herlocker et al. 2004)."""
    return _mean(absolute_errors(truth, predicted))


def rounded_mae(truth: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> Floats:
    """Mean absolute error of the prediction rounded to a whole rating, 1/B Σ |r - round(r̂)|; halves go to even."""
    return _mean(rounded_errors(truth, predicted))


LOSSES: Mapping[str, Losses] = {"rmse": squared_errors, "mae": absolute_errors, "rounded_mae": rounded_errors}
"""The loss of each rating by the metric whose value is its mean, or for `rmse` the root of its mean."""


def _errors(truth: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> Floats:
    predicted = np.asarray(predicted, np.float64)
    truth = np.asarray(truth, np.float64)
    return np.asarray(predicted - (truth[:, None] if predicted.ndim == 2 else truth))


def _mean(losses: Floats) -> Floats:
    if len(losses) == 0:
        return np.full(losses.shape[1:], np.nan)
    return np.asarray(losses.mean(axis=0))
