"""The items that no history of training has, and those that training knows by their features only."""

from __future__ import annotations

import keras
import numpy as np

from recsys.models.inputs import Input
from recsys.models.parts.cold_rows import ColdRows
from recsys.models.parts.tables import features_read
from recsys.models.training_data import TrainingData


def cold_rows(model: keras.Model, data: TrainingData) -> ColdRows:
    """Return the cold rows of `history_embedding`, which become 0: such an item adds nothing to a state.

    So do the rows of `item_embedding` of items that nobody could choose, if their features stand for them.
    """
    tables = {"history_embedding": np.bincount(data.histories.items, minlength=data.shape.items) > 0}
    if Input.ITEM_FEATURES in features_read(model):
        tables["item_embedding"] = data.train.released
    return ColdRows({name: np.append(known, False) for name, known in tables.items()}, model, solved=True)
