"""Folding a person into one model."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import keras

from recsys.arrays import Float64Array
from recsys.errors import InputError
from recsys.models.fold_in.descent import Descent
from recsys.models.fold_in.least_squares import has_squares, solve_squares
from recsys.models.fold_in.single_user_model import SingleUserModel, user_layers
from recsys.serving.user_history import UserHistory
from recsys.spaces.parameter import Value


class FoldIn:
    """Scores for people who are not in the data, by one model.

    Args:
        model: As it is served.
        point: What it was trained at.
        items: I, of the catalogue.

    Raises:
        InputError: The model looks users up in no embedding.
    """

    def __init__(self, model: keras.Model, point: Mapping[str, Value], items: int) -> None:
        if not user_layers(model):
            raise InputError("a history: the champion's model has no rows of users, so that nobody can be folded in")
        self._point, self._items = point, items
        self._single_user = SingleUserModel(model)
        self._descent = None if has_squares(model, point) else Descent(self._single_user, point, items)
        self._lock = threading.Lock()  # a server answers from several threads, and there is one twin

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Scores of all items for a person, (I,)."""
        with self._lock:
            if self._descent is None:
                rows = solve_squares(self._single_user, self._point, user_history, self._items)
            else:
                rows = self._descent.rows(user_history)
            self._single_user.fill(rows)
            return self._single_user.scores(self._items)
