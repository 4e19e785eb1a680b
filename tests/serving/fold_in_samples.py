"""Small models and a person's history, which the tests of fold-in share."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from recsys.models.inputs import DataShape
from recsys.models.model import build_model
from recsys.models.settings import ModelSettings
from recsys.serving.user_history import UserHistory

USERS, ITEMS = 9, 14
SHAPE = DataShape(USERS, ITEMS, 3.5)
BASE: dict[str, Any] = {
    "embedding_size": 3,
    "user_embedding_size": 3,
    "item_embedding_size": 3,
    "hidden_units": (4,),
    "dropout": 0.0,
    "l2": 0.05,
    "bias_l2": 0.02,
    "unobserved_weight": 0.3,
    "seen_weight": 0.2,
}
LIKED = np.array([1, 1, 0, 1.0])
EVIDENCE = UserHistory(np.array([0, 3, 4, 11], np.int32), np.array([5, 4, 1, 4.0]), LIKED)
RATINGS = ["mean_squared_error", "huber", "log_cosh"]
RANKINGS = ["softmax", "logistic", "weighted_squared", "bpr"]


def model_of(kind: str, point: dict[str, Any]) -> keras.Model:
    """A model with weights that say something."""
    if kind == "own":
        user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
        sides = [keras.layers.Embedding(n + 1, 3)(ids) for n, ids in ((USERS, user), (ITEMS, item))]
        model = keras.Model([user, item], keras.layers.Dot(axes=1)(sides))
    else:
        model = build_model(ModelSettings.model_validate({"kind": kind}), SHAPE, point, 5)
    random = np.random.default_rng(2)
    for variable in model.trainable_variables:
        values = random.normal(0, 0.7, variable.shape)
        variable.assign(np.abs(values) if kind == "nnmf" and "embedding" in variable.path else values)
    return model
