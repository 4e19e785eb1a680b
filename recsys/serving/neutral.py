"""What a model knows nothing of must not speak: the rows of ids that no training rating ever touched."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings
from recsys.training.trial import Weights


def neutral(weights: Weights, train: Ratings) -> dict[str, npt.NDArray[np.float32]]:
    """Weights whose untrained rows, the spare ones among them, are the mean of the trained rows, or 0 for biases.

    An untrained embedding still holds its random start. In place of that noise the id is treated as an average one, so
    that it is predicted from mean and biases. In factorisation models the average row of one side is 0 in every
    dimension that does not act as a bias of the other side.
    """
    trained = {
        "user": np.bincount(train.users, minlength=train.catalogue.users) > 0,
        "item": np.bincount(train.items, minlength=train.catalogue.items) > 0,
    }
    out = dict(weights)
    for side, seen in trained.items():
        known = np.append(seen, False)
        for path, fill in ((f"{side}_embedding/table", _average), (f"{side}_bias/table", _nothing)):
            if path in out:
                out[path] = np.where(known[:, None], out[path], fill(out[path][known])).astype(np.float32)
    return out


def _average(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(rows.mean(axis=0, keepdims=True))


def _nothing(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.zeros((1, rows.shape[1]))
