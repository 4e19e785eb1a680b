"""The contract of fold-in, and fold-in through the rows of a user."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

import keras

from recsys.arrays import Float64Array
from recsys.errors import InputError
from recsys.models.fold_in.single_user_model import SingleUserModel, UserRows, user_layers
from recsys.models.fold_in.user_history import UserHistory
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind
    from recsys.posterior.predictive import Predictive


class FoldIn(Protocol):
    """Scores of one model for users who are not in the data."""

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Return scores of all items (I,) for a user history."""
        ...

    def predictive(self, user_history: UserHistory) -> Predictive | None:
        """Return the predictive distributions of the user's ratings of all items; None if the model has none."""
        ...


class RowsFoldIn(ABC):
    """Fold-in that computes the user's own rows, with all other parameters fixed.

    Args:
        kind: The kind of the model.
        model: The model, as it is served.
        point: The point that it was trained with.
        items: The number of items I of the catalogue.
        added: The number of items at its end that training did not know, so that they are no negatives.

    Raises:
        InputError: The model looks users up in no embedding.
    """

    def __init__(self, kind: ModelKind, model: keras.Model, point: Point, items: int, added: int = 0) -> None:
        if not user_layers(model):
            raise InputError("a history: the champion's model has no embedding of users, so it cannot fold users in")
        self.point, self.items, self.added = point, items, added
        self.single_user = SingleUserModel(kind, model)
        self._lock = threading.Lock()  # the threads of a server share one single-user model

    @abstractmethod
    def rows(self, user_history: UserHistory) -> UserRows:
        """Return the user's rows for a user history."""

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Return scores of all items (I,) for a user history."""
        with self._lock:
            self.single_user.know(user_history.features)
            self.single_user.fill(self._rows(user_history.by_item))
            return self.single_user.scores(self.items)

    def _rows(self, user_history: UserHistory) -> UserRows:
        """Return the user's rows. An empty history with features gives the rows that the features predict."""
        alone = self.single_user.described and not len(user_history.items)
        return self.single_user.start() if alone else self.rows(user_history)

    def predictive(self, user_history: UserHistory) -> Predictive | None:  # noqa: ARG002 - the history does not matter
        """Return None, because rows only give means."""
        return None
