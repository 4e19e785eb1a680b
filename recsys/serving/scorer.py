"""The scorer, which predicts with one model or with the weighted mean of several models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from recsys.arrays import AnyArray, Float64Array, FloatArray
from recsys.data.histories import Histories
from recsys.errors import RecsysError
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.models.distribution import RatingDistribution
from recsys.models.inputs import Input
from recsys.serving.stored_models import factors_of, kinds_of
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras

_PAIRS = 1_000_000
"""The number of user-item pairs that are scored together. A perceptron holds all its units for each pair in memory."""


@dataclass(frozen=True)
class Scorer:
    """Predicts ratings or scores of user and item codes. A stored model that has factors is not loaded for them."""

    models: Sequence[keras.Model]
    shares: Sequence[float]
    """The weight of each model in the mean; the weights sum to 1 for ratings."""
    clip: tuple[float, float] | None
    """The scale that ratings are clipped to; None for no clipping."""
    rates: bool = True
    """Whether the scorer predicts ratings; a model of rankings predicts scores, which only rank."""
    points: Sequence[Mapping[str, Value]] = ()
    """The parameter values of each model, which fold-in of new users needs; empty without fold-in."""
    histories: Histories | None = None
    """The history of each user (U rows), for models whose input it is."""

    def warm_up(self) -> None:
        """Load the models that a request may need, so that no request waits for it."""
        for number, (kind, factors) in enumerate(zip(kinds_of(self.models), factors_of(self.models), strict=True)):
            point = self.points[number] if self.points else {}
            if factors is None or kind.folding(factors, point, len(factors.items) - 1) is None:
                self.models[number]

    def predict(self, users: AnyArray, items: AnyArray) -> Float64Array:
        """Return the scores (B,) of user and item codes (B,); ratings are not clipped, so that they rank."""
        total = np.zeros(len(users))
        for number, (factors, share) in enumerate(zip(factors_of(self.models), self.shares, strict=True)):
            total += share * (factors.predict(users, items) if factors else self._predict(number, users, items))
        return total

    def _predict(self, number: int, users: AnyArray, items: AnyArray) -> FloatArray:
        """Return what a model itself predicts for user and item codes (B,)."""
        from recsys.models.model import history_length, predict, windows_of

        model, people = self.models[number], users
        if history_length(model):
            distinct, places = np.unique(users, return_inverse=True)
            people = windows_of(model, known(self.histories).of_users(distinct))[places]
        return predict(model, people, items)[:, 0]

    def clipped(self, scores: FloatArray) -> FloatArray:
        """Return scores as ratings on the scale."""
        return scores if self.clip is None else np.clip(scores, *self.clip)

    def score_all(self, users: AnyArray, items: int) -> Float64Array:
        """Return the scores (B, I) of all items.

        Args:
            users: The user codes (B,).
            items: The number of items I.
        """
        return self._score(users, None if self.histories is None else self.histories.of_users(users), items)

    @property
    def reads_histories(self) -> bool:
        """Return whether a model has histories as its input."""
        return any(Input.HISTORY in kind.inputs for kind in kinds_of(self.models))

    @property
    def reads_features(self) -> bool:
        """Return whether a model knows users by their features, so that a user without ratings has predictions."""
        return any(
            kind.reads_features(self.models[number]) if factors is None else factors.reads_features
            for number, (kind, factors) in enumerate(zip(kinds_of(self.models), factors_of(self.models), strict=True))
        )

    def score_histories(self, histories: Histories, items: int, users: AnyArray) -> Float64Array:
        """Return the scores (B, I) of all items for users with other histories than the stored ones.

        Models that know users by their codes do not read the histories.

        Args:
            histories: The histories of the users (B rows).
            items: The number of items I.
            users: The user codes (B,).
        """
        return self._score(users, histories, items)

    def _score(self, users: AnyArray, histories: Histories | None, items: int) -> Float64Array:
        at_once, total = max(1, _PAIRS // items), np.zeros((len(users), items))
        for number, (factors, share) in enumerate(zip(factors_of(self.models), self.shares, strict=True)):
            score = factors.score_all if factors else self._of_model(number)
            people = users if factors else self._people(number, users, histories)
            for start in range(0, len(users), at_once):
                some = slice(start, start + at_once)
                total[some] += share * score(people[some], items)
        return total

    def _people(self, number: int, users: AnyArray, histories: Histories | None) -> AnyArray:
        """Return what a model reads of users: their codes (B,), or the newest items of their histories (B, L)."""
        from recsys.models.model import history_length, windows_of

        model = self.models[number]
        return windows_of(model, known(histories)) if history_length(model) else users.astype(np.int32)

    def _of_model(self, number: int) -> Callable[[AnyArray, int], FloatArray]:
        """Return the scores (B, I) of all items by a model itself."""
        import tensorflow as tf

        from recsys.models.model import score_all

        return lambda people, items: np.asarray(score_all(self.models[number], tf.constant(people), items))[0]

    @property
    def draws(self) -> int:
        """Return the number of posterior draws in all models; 0 unless every model is a posterior."""
        return sum(each.draws for each in self.distributions or ())

    @property
    def distributions(self) -> Sequence[RatingDistribution] | None:
        """Return the predictive distribution of each model; None unless every model has one and predicts ratings."""
        kinds = kinds_of(self.models)
        if not self.rates or not all(kind.sampled for kind in kinds):
            return None
        found = [kind.distribution(model) for kind, model in zip(kinds, self.models, strict=True)]
        known = [each for each in found if each is not None]
        return known if len(known) == len(found) else None

    def cells(self, users: AnyArray, items: AnyArray, values: AnyArray) -> tuple[Float64Array, Float64Array]:
        """Return the predictive probability below each rating's cell, and below the end of the cell.

        A cell contains all values that round to the rating.

        Args:
            users: The user codes (B,).
            items: The item codes (B,).
            values: The ratings (B,).

        Returns:
            Two arrays (B,).
        """
        import tensorflow as tf

        lower, upper = np.zeros(len(users)), np.zeros(len(users))
        for each, share in zip(self.distributions or (), self.shares, strict=True):
            predicted = each.of_pairs(tf.constant(users, tf.int32), tf.constant(items, tf.int32))
            ends = each.cells(predicted, tf.constant(values, tf.float32))
            lower, upper = (total + share * np.asarray(end) for total, end in zip((lower, upper), ends, strict=True))
        return lower, upper


def known(histories: Histories | None) -> Histories:
    """Return the histories after a check that there are some.

    Raises:
        RecsysError: A model reads histories, and the scorer stores none.
    """
    if histories is None:
        raise RecsysError("a model reads histories, and its scorer stores none")
    return histories


AnyScorer = Scorer | LinearScores
"""The scorer of a champion: trained models, or a promoted baseline."""
