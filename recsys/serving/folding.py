"""Fold-in of a person into a scorer: into each of its models, or into a promoted baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from recsys.arrays import Float64Array
from recsys.errors import InputError
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.models.fold_in.user_history import UserHistory
from recsys.serving.predictive import PredictiveDistribution
from recsys.serving.scorer import AnyScorer, Scorer
from recsys.serving.stored_models import factors_of, kinds_of

if TYPE_CHECKING:
    from recsys.models.fold_in.protocol import FoldIn


class Folding(Protocol):
    """Scores all items for a person who is not in the data."""

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Return the scores of all items (I,) for a person with this history."""
        ...

    def predictive(self, user_history: UserHistory) -> PredictiveDistribution | None:
        """Return the predictive distributions of all I ratings; None if the scorer has no distributions."""
        ...


def folding(scorer: AnyScorer, items: int, added: int = 0) -> Folding:
    """Return the fold-in of a scorer.

    Args:
        scorer: The scorer of the champion.
        items: The number of items I of the catalogue.
        added: The number of items at its end that training did not know.

    Raises:
        InputError: The scorer does not store the points that fold-in needs.
    """
    if isinstance(scorer, LinearScores):
        return _LinearFolding(scorer, items)
    if len(scorer.points) != len(scorer.models):
        raise InputError("a history: the champion does not say how it was trained; promote it again")
    return _MeanFolding(scorer, items, added)


class _MeanFolding:
    """Computes the weighted mean of the fold-ins of several models."""

    def __init__(self, scorer: Scorer, items: int, added: int) -> None:
        self._scorer = scorer
        self._models = [_fold_in(scorer, number, items, added) for number in range(len(scorer.models))]

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Return the weighted mean of the models' scores (I,)."""
        alone = (model.scores(user_history) for model in self._models)
        return np.asarray(sum(share * scores for share, scores in zip(self._scorer.shares, alone, strict=True)))

    def predictive(self, user_history: UserHistory) -> PredictiveDistribution | None:
        """Return the mixture of the models' distributions; None if a model has no draws."""
        if (distributions := self._scorer.distributions) is None or not self._scorer.draws:
            return None
        found = [model.predictive(user_history) for model in self._models]
        parts = [part for part in found if part is not None]
        return PredictiveDistribution(parts, self._scorer.shares, self._scorer.clip, distributions[0].levels)


def _fold_in(scorer: Scorer, number: int, items: int, added: int) -> FoldIn:
    """Return the fold-in of a model, which is loaded only if its factors are not enough."""
    kind, factors, point = kinds_of(scorer.models)[number], factors_of(scorer.models)[number], scorer.points[number]
    found = None if factors is None else kind.folding(factors, point, items, added)
    return found or kind.fold_in(scorer.models[number], point, items, added)


class _LinearFolding:
    """Folds a person into a baseline, which computes scores from the history, or returns those that every user gets."""

    def __init__(self, scorer: LinearScores, items: int) -> None:
        self._scorer, self._items = scorer, items

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Return the baseline's scores (I,) for a person with this history."""
        return np.asarray(self._scorer.score_histories(user_history.packed, self._items)[0], np.float64)

    def predictive(self, user_history: UserHistory) -> PredictiveDistribution | None:  # noqa: ARG002 - the protocol has this parameter
        """Return None: a baseline has no predictive distribution."""
        return None
