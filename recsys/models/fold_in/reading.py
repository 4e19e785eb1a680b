"""Fold-in by reading: the scores of a model whose input is the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float64Array
from recsys.models.fold_in.user_history import UserHistory

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind


class ReadingFoldIn:
    """Fold-in for a model of histories.

    Args:
        kind: The kind of the model.
        model: The model, as it is served.
        items: The number of items I of the catalogue.
    """

    def __init__(self, kind: ModelKind, model: keras.Model, items: int) -> None:
        self._kind, self._model, self._items = kind, model, items

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Return scores of all items (I,) after a user history."""
        window = tf.constant(self._kind.windows(self._model, user_history.packed))
        scores = self._kind.scores(self._model, window, tf.range(self._items), whole=True)
        return np.asarray(scores[0, 0], np.float64)

    def predictive(self, user_history: UserHistory) -> None:
        """Return None, because the model only ranks."""
