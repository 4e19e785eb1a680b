"""Folding a person into a scorer: each of its models, or a baseline that was promoted."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.sparse import issparse

from recsys.algebra.implicit import implicit_prior, implicit_row
from recsys.arrays import Float64Array
from recsys.errors import InputError
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.models.fold_in.user_history import UserHistory
from recsys.models.kinds import kind_of_model
from recsys.serving.predictive import PredictiveDistribution
from recsys.serving.scorer import AnyScorer, Scorer


class Folding(Protocol):
    """Gives scores of all items, (I,), to a person who is not in the data."""

    def scores(self, user_history: UserHistory) -> Float64Array:
        """From what is known of the person."""
        ...

    def predictive(self, user_history: UserHistory) -> PredictiveDistribution | None:
        """The distributions of the person's ratings of all items; None where nobody knows them."""
        ...


def folding(scorer: AnyScorer, items: int) -> Folding:
    """How people are folded into a scorer.

    Args:
        scorer: What is served.
        items: I, of the catalogue.

    Raises:
        InputError: Nobody can be.
    """
    if isinstance(scorer, LinearScores):
        return _LinearFolding(scorer, items)
    if len(scorer.points) != len(scorer.models):
        raise InputError("a history: the champion does not say how it was trained; promote it again")
    return _MeanFolding(scorer, items)


class _MeanFolding:
    """The weighted mean of the models'."""

    def __init__(self, scorer: Scorer, items: int) -> None:
        self._scorer = scorer
        pairs = zip(scorer.models, scorer.points, strict=True)
        self._models = [kind_of_model(model).fold_in(model, point, items) for model, point in pairs]

    def scores(self, user_history: UserHistory) -> Float64Array:
        """From what is known of the person."""
        alone = (model.scores(user_history) for model in self._models)
        return np.asarray(sum(share * scores for share, scores in zip(self._scorer.shares, alone, strict=True)))

    def predictive(self, user_history: UserHistory) -> PredictiveDistribution | None:
        """From what is known of the person, by draws; None where a model has none."""
        if (distributions := self._scorer.distributions) is None or not self._scorer.draws:
            return None
        found = [model.predictive(user_history) for model in self._models]
        parts = [part for part in found if part is not None]
        return PredictiveDistribution(parts, self._scorer.shares, self._scorer.clip, distributions[0].levels)


class _LinearFolding:
    """A baseline's: history times weights between items, factors by least squares, or what everybody is given."""

    def __init__(self, scorer: LinearScores, items: int) -> None:
        self._scorer, self._items = scorer, items

    def scores(self, user_history: UserHistory) -> Float64Array:
        """From what is known of the person."""
        right = self._scorer.right[:, : self._items]
        weights = self._scorer.history.of(user_history.weights)
        items, weights = user_history.items[weights > 0], weights[weights > 0]
        if issparse(self._scorer.left):
            row = np.zeros(right.shape[0])
            row[items] = weights
        elif self._scorer.solved:
            factors = np.asarray(right.T, np.float64)
            prior = implicit_prior(factors, weights.sum(dtype=np.float64), **self._scorer.solved)
            row = implicit_row(factors, items, weights, prior)
        else:
            row = np.asarray(self._scorer.left[-1], np.float64)
        return np.asarray(row @ right, np.float64).ravel()

    def predictive(self, user_history: UserHistory) -> PredictiveDistribution | None:  # noqa: ARG002 - whatever is known of the person
        """None: a baseline does not know how sure it is."""
        return None
