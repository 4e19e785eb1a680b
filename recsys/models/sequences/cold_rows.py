"""The items that no history of training has."""

from __future__ import annotations

import keras
import numpy as np

from recsys.models.parts.cold_rows import ColdRows
from recsys.models.training_data import TrainingData


def cold_rows(model: keras.Model, data: TrainingData) -> ColdRows:
    """Return the cold rows of `history_embedding`, which become 0: such an item adds nothing to a state."""
    known = np.bincount(data.histories.items, minlength=data.shape.items) > 0
    return ColdRows({"history_embedding": np.append(known, False)}, model, solved=True)
