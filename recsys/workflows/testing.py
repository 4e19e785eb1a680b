"""Opening the test part: recorded first, then scored once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings
from recsys.evaluation.rating_metrics import clip, mae, rmse, rounded_mae
from recsys.workflows.prepare import Prepared

if TYPE_CHECKING:
    import keras


def opened(uri: str, prepared: Prepared, run_id: str, reason: str) -> Ratings:
    """The test ratings, after the opening was recorded with time, run and reason."""
    from recsys.registry.mlflow_openings import MlflowOpenings

    openings = MlflowOpenings(uri)
    return prepared.split.open_test(reason, lambda why: openings.record(prepared.fingerprint, run_id, why))


def rating_values(truth: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> dict[str, float]:
    """`rmse`, `mae` and `rounded_mae` of predictions (B,)."""
    return {
        "rmse": float(rmse(truth, predicted)),
        "mae": float(mae(truth, predicted)),
        "rounded_mae": float(rounded_mae(truth, predicted)),
    }


def open_and_score(uri: str, prepared: Prepared, model: keras.Model, run_id: str, reason: str) -> Mapping[str, float]:
    """Open the test part for one model and score it."""
    from recsys.models.catalog import predict

    test = opened(uri, prepared, run_id, reason)
    predicted = predict(model, test.users, test.items)[:, 0].astype(np.float64)
    if prepared.experiment.objective.clip:
        predicted = clip(predicted, test.scale)
    return rating_values(test.values, predicted)
