"""Folding a person into a model: what it gives, and how the person's rows are put in place."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

import keras

from recsys.arrays import Float64Array
from recsys.errors import InputError
from recsys.models.fold_in.single_user_model import SingleUserModel, UserRows, user_layers
from recsys.models.fold_in.user_history import UserHistory

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind
    from recsys.posterior.predictive import Predictive


class FoldIn(Protocol):
    """Scores for people who are not in the data, by one model."""

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Scores of all items for a person, (I,)."""
        ...

    def predictive(self, user_history: UserHistory) -> Predictive | None:
        """The distributions of the person's ratings of all items; None where the model has none."""
        ...


class RowsFoldIn(ABC):
    """Finds a person's own rows, all else held still.

    Args:
        kind: What kind of model it is.
        model: As it is served.
        items: I, of the catalogue.

    Raises:
        InputError: The model looks users up in no embedding.
    """

    def __init__(self, kind: ModelKind, model: keras.Model, items: int) -> None:
        if not user_layers(model):
            raise InputError("a history: the champion's model has no rows of users, so that nobody can be folded in")
        self.items = items
        self.single_user = SingleUserModel(kind, model)
        self._lock = threading.Lock()  # a server answers from several threads, and there is one single-user model

    @abstractmethod
    def rows(self, user_history: UserHistory) -> UserRows:
        """The person's rows."""

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Scores of all items for a person, (I,)."""
        with self._lock:
            self.single_user.fill(self.rows(user_history))
            return self.single_user.scores(self.items)

    def predictive(self, user_history: UserHistory) -> Predictive | None:  # noqa: ARG002 - whatever the history
        """None: rows give means alone."""
        return None
