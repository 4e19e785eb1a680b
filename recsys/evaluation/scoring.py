"""Scoring: a predictor on a held-out part, as values and as the samples that intervals and tests are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from recsys.arrays import AnyArray, Float64Array, IntArray
from recsys.data.ratings import Ratings
from recsys.evaluation.cold_start import ColdStart, worth_reporting
from recsys.evaluation.intervals import COVERAGE, Reliability, reliability_of
from recsys.evaluation.metrics.rating import RATING_METRICS, clip
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import CHUNK, MOST_SCORES, RankingEvaluation, nan_mean, ranking_part, score_ranker
from recsys.evaluation.significance import bootstrap_interval

_AT_ONCE = 16_000_000
"""Scores in memory at once."""


class Predictor(Protocol):
    """Anything that predicts ratings, or scores that items are ranked by."""

    @property
    def rates(self) -> bool:
        """Whether what it predicts is ratings."""
        ...

    def predict(self, users: AnyArray, items: AnyArray) -> AnyArray:
        """Ratings or scores (B,) of user and item codes (B,)."""
        ...

    def score_all(self, users: AnyArray, items: int) -> AnyArray:
        """What `predict` gives for all `items` items of the catalogue, for user codes (B,): (B, I)."""
        ...


@dataclass(frozen=True, eq=False)
class MetricSample:
    """What one metric is the mean of: a loss for each held-out rating, or a value for each user."""

    metric: str
    values: Float64Array
    """(N,)."""
    users: IntArray
    """The user of each, (N,)."""

    @property
    def root(self) -> bool:
        """Whether the metric is the root of the mean."""
        return metric_of(self.metric).root

    @property
    def interval(self) -> tuple[float, float] | None:
        """The metric's 95 % bootstrap interval, clustered by user; None for fewer than two users."""
        return bootstrap_interval(self.values, self.users, root=self.root)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A predictor on a held-out part."""

    values: Mapping[str, float]
    """Every rating metric where ratings are predicted, with `interval_coverage` where intervals are too; every ranking
    metric where one is the objective or the data are small enough, at the lengths of `objective.also_at` too."""
    samples: Mapping[str, MetricSample]
    """By metric; not for coverage and gini, which no single user has."""
    ranking: RankingEvaluation | None = None
    """The lists themselves, of this one member; None where no ranking metric was measured."""
    reliability: Reliability | None = None
    """How good its intervals are; None of a predictor that gives none."""
    warm: Mapping[str, float] = field(default_factory=dict)
    """Where at least one in a hundred held-out ratings (of lists: users) has a user or an item without anything in the
    training part, the values without them, as far as single ratings and users have any: of ratings, over those whose
    user and item have something there; of lists, over the users who have."""


def score(predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> Evaluation:
    """Measure a predictor.

    Args:
        predictor: Asked for the held-out ratings and, for ranking metrics, for all items of users with a relevant one.
        train: What it has seen.
        held_out: The part to measure on.
        objective: Whether to clip, and what ranking metrics depend on.
    """
    rated = predictor.rates and not held_out.implicit
    parts = [score_ratings(predictor, train, held_out, objective)] if rated else []
    catalogue = train.catalogue
    wanted = metric_of(objective.metric).family != "rating"
    if wanted or catalogue.users * catalogue.items <= MOST_SCORES:
        parts.append(score_lists(predictor, train, held_out, objective))
    return Evaluation(
        {name: value for part in parts for name, value in part.values.items()},
        {name: sample for part in parts for name, sample in part.samples.items()},
        parts[-1].ranking if parts else None,
        parts[0].reliability if parts else None,
        {name: value for part in parts for name, value in part.warm.items()},
    )


def score_ratings(predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> Evaluation:
    """Measure a predictor by rating metrics alone."""
    predicted = np.asarray(predictor.predict(held_out.users, held_out.items), np.float64)
    if objective.clip:
        predicted = clip(predicted, held_out.scale)
    truth, reliability = held_out.values, reliability_of(predictor, held_out)
    values = {name: float(metric.value(truth, predicted)) for name, metric in RATING_METRICS.items()}
    known = ColdStart.of(train, held_out).warm
    warm: dict[str, float] = {}
    if worth_reporting(known):
        warm = {name: float(metric.value(truth[known], predicted[known])) for name, metric in RATING_METRICS.items()}
        warm |= {} if reliability is None else {COVERAGE: reliability.take(known).observed()}
    return Evaluation(
        values if reliability is None else {**values, COVERAGE: reliability.observed()},
        {
            name: MetricSample(name, metric.losses(truth, predicted), held_out.users)
            for name, metric in RATING_METRICS.items()
        },
        reliability=reliability,
        warm=warm,
    )


def score_lists(predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> Evaluation:
    """Measure a predictor by ranking and exposure metrics alone, whatever its scores mean as ratings."""
    items = train.catalogue.items
    part = ranking_part(train, held_out, objective)
    rank = score_ranker(lambda users: np.asarray(predictor.score_all(users, items))[None], part.fallback)
    chunk = max(1, min(CHUNK, _AT_ONCE // items))
    ranking = part.values(rank, objective.k, objective.lengths, chunk, rates=predictor.rates)
    known = ~part.fallback.unrated[part.users]
    warm = ranking.per_user if worth_reporting(known) else {}
    return Evaluation(
        {name: float(of_members[0]) for name, of_members in ranking.values.items()},
        {name: MetricSample(name, of_users[0], ranking.users) for name, of_users in ranking.per_user.items()},
        ranking,
        warm={name: float(nan_mean(of_users[:, known])[0]) for name, of_users in warm.items()},
    )
