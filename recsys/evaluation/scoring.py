"""Scoring: a predictor on a held-out part, as values and as the losses that intervals and tests are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings
from recsys.evaluation.metric import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import RankingValues, ranking_values
from recsys.evaluation.rating_metrics import LOSSES, clip, mae, rmse, rounded_mae
from recsys.evaluation.significance import bootstrap_interval

Floats = npt.NDArray[np.float64]
MOST_SCORES = 200_000_000
"""Users times items up to which ranking metrics are measured without being the objective."""


class Predictor(Protocol):
    """Anything that predicts ratings."""

    def predict(self, users: npt.NDArray[Any], items: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Ratings (B,) of user and item codes (B,)."""
        ...


@dataclass(frozen=True, eq=False)
class Losses:
    """What one metric is the mean of: a loss for each held-out rating, or a value for each user."""

    metric: str
    values: Floats
    """(N,)."""
    users: npt.NDArray[np.integer[Any]]
    """The user of each, (N,)."""

    @property
    def root(self) -> bool:
        """Whether the metric is the root of the mean."""
        return metric_of(self.metric).root

    @property
    def interval(self) -> tuple[float, float]:
        """The metric's 95 % bootstrap interval, clustered by user."""
        return bootstrap_interval(self.values, self.users, root=self.root)


@dataclass(frozen=True, eq=False)
class Scored:
    """A predictor on a held-out part."""

    values: Mapping[str, float]
    """Every rating metric; every ranking metric too where one is the objective or the data are small enough."""
    losses: Mapping[str, Losses]
    """By metric; not for coverage and gini, which no single user has."""


def score(predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> Scored:
    """Measure a predictor.

    Args:
        predictor: Asked for the held-out ratings and, for ranking metrics, for all items of users with a relevant one.
        train: What it has seen.
        held_out: The part to measure on.
        objective: Whether to clip, and what ranking metrics depend on.
    """
    predicted = np.asarray(predictor.predict(held_out.users, held_out.items), np.float64)
    if objective.clip:
        predicted = clip(predicted, held_out.scale)
    truth = held_out.values
    values = {
        "rmse": float(rmse(truth, predicted)),
        "mae": float(mae(truth, predicted)),
        "rounded_mae": float(rounded_mae(truth, predicted)),
    }
    losses = {name: Losses(name, loss(truth, predicted), held_out.users) for name, loss in LOSSES.items()}
    catalogue = train.catalogue
    wanted = metric_of(objective.metric).family != "rating"
    if wanted or catalogue.users * catalogue.items <= MOST_SCORES:
        ranking = _ranking(predictor, train, held_out, objective)
        values |= {name: float(of_members[0]) for name, of_members in ranking.values.items()}
        losses |= {name: Losses(name, of_users[0], ranking.users) for name, of_users in ranking.per_user.items()}
    return Scored(values, losses)


def _ranking(predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> RankingValues:
    items = np.arange(train.catalogue.items, dtype=np.int32)

    def scores(users: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
        pairs = np.repeat(users, len(items)), np.tile(items, len(users))
        return np.asarray(predictor.predict(*pairs)).reshape(1, len(users), len(items))

    return ranking_values(scores, train, held_out, objective.k, objective.threshold)
