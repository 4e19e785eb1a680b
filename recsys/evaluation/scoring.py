"""Evaluate a predictor on a held-out part: metric values, and the samples for intervals and tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Float64Array, IntArray
from recsys.data.histories import Histories
from recsys.data.ratings import Ratings
from recsys.evaluation.cases import MOST_SCORES, Cases
from recsys.evaluation.cold_start import ColdStart, has_cold
from recsys.evaluation.intervals import COVERAGE, Reliability, reliability_of
from recsys.evaluation.metrics.rating import RATING_METRICS, clip
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import CHUNK, RankingPart, ranking_part, score_ranker
from recsys.evaluation.ranking_evaluation import RankingEvaluation, describe_lists, nan_mean
from recsys.evaluation.significance import bootstrap_interval

_AT_ONCE = 16_000_000
"""Scores in memory at once."""


class Predictor(Protocol):
    """A model that predicts ratings, or scores to rank items by."""

    @property
    def rates(self) -> bool:
        """Whether the predictions are ratings."""
        ...

    def predict(self, users: AnyArray, items: AnyArray) -> AnyArray:
        """Ratings or scores (B,) of user and item codes (B,)."""
        ...

    def score_all(self, users: AnyArray, items: int) -> AnyArray:
        """The predictions for user codes (B,) and all `items` items of the catalogue: (B, I)."""
        ...

    @property
    def reads_histories(self) -> bool:
        """Whether the predictions for a user come from the user's history, so that new choices change them at once."""
        ...

    def score_histories(self, histories: Histories, items: int, users: AnyArray) -> AnyArray:
        """The predictions for users (B,) with other histories (B rows) than in training: (B, I)."""
        ...

    @property
    def reads_features(self) -> bool:
        """Whether the predictions for a user come from the user's features, so that a user without ratings has them."""
        ...


@dataclass(frozen=True, eq=False)
class MetricSample:
    """The numbers whose mean is a metric: the loss of each held-out rating, or the value of each user."""

    metric: str
    values: Float64Array
    """Losses or values, (N,)."""
    users: IntArray
    """The user of each, (N,)."""
    warm: BoolArray | None = None
    """Whether each is warm, see `EvaluationResult.warm`, (N,); None if fewer than 1 % are cold."""

    @property
    def parts(self) -> Mapping[str, MetricSample]:
        """The `warm` and the `cold` ones alone, without an empty part; nothing if fewer than 1 % are cold."""
        if self.warm is None:
            return {}
        parts = {"warm": self.warm, "cold": ~self.warm}
        return {
            name: MetricSample(self.metric, self.values[some], self.users[some])
            for name, some in parts.items()
            if some.any()
        }

    @property
    def root(self) -> bool:
        """Whether the metric is the root of the mean."""
        return metric_of(self.metric).root

    @property
    def interval(self) -> tuple[float, float] | None:
        """The metric's 95 % bootstrap interval over users; None for fewer than two users."""
        own = self.defined
        return bootstrap_interval(own.values, own.users, root=self.root)

    @property
    def defined(self) -> MetricSample:
        """The same without the lists that have no value; see `defined_rows`."""
        rows = defined_rows(self.metric, self.values)
        return MetricSample(self.metric, self.values[rows], self.users[rows])


def defined_rows(metric: str, *samples: Float64Array) -> BoolArray:
    """Which lists have a value in each of several samples (N,) of a metric: those that its mean is of.

    Samples without any value, of models with NaN scores, leave out nothing. Metrics of ratings are always defined:
    NaN there is an error of the model, and stays.
    """
    rows = np.ones(len(samples[0]), bool)
    if metric_of(metric).family != "rating":
        for missing in map(np.isnan, samples):
            rows &= ~missing | missing.all()
    return rows


@dataclass(frozen=True, eq=False)
class EvaluationResult:
    """The metrics of a predictor on a held-out part."""

    values: Mapping[str, float]
    """Every rating metric of a predictor of ratings, and `interval_coverage` if it has intervals. Every ranking metric,
    also at the lengths of `objective.also_at`, if the objective is one or the data are small enough."""
    samples: Mapping[str, MetricSample]
    """By metric; without coverage, gini and entropy, which have no value for a single user."""
    ranking: RankingEvaluation | None = None
    """The lists and their metrics, with M = 1; None without ranking metrics."""
    reliability: Reliability | None = None
    """The reliability of the prediction intervals; None if the predictor has none."""
    warm: Mapping[str, float] = field(default_factory=dict)
    """The values over what is warm; empty if fewer than 1 % are cold. Metrics of all lists together are left out.

    A rating is warm if its user and its item have training ratings. A list is warm if its user has one, and if one of
    the relevant items has one."""
    cold: Mapping[str, float] = field(default_factory=dict)
    """The values over what is not warm; empty if fewer than 1 % are cold."""


def score(predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> EvaluationResult:
    """Evaluate a predictor.

    Args:
        predictor: Predicts the held-out ratings and, for ranking metrics, all items for users with a relevant one.
        train: The ratings that it has seen.
        held_out: The part to evaluate on.
        objective: The metric, whether to clip predictions, and the parameters of the ranking metrics.
    """
    rated = predictor.rates and not held_out.implicit
    parts = [score_ratings(predictor, train, held_out, objective)] if rated else []
    catalogue = train.catalogue
    wanted = metric_of(objective.metric).family != "rating"
    if wanted or catalogue.users * catalogue.items <= MOST_SCORES:
        parts.append(score_lists(predictor, train, held_out, objective))
    return EvaluationResult(
        {name: value for part in parts for name, value in part.values.items()},
        {name: sample for part in parts for name, sample in part.samples.items()},
        parts[-1].ranking if parts else None,
        parts[0].reliability if parts else None,
        {name: value for part in parts for name, value in part.warm.items()},
        {name: value for part in parts for name, value in part.cold.items()},
    )


def score_ratings(
    predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings
) -> EvaluationResult:
    """Evaluate a predictor by rating metrics alone; arguments as of `score`."""
    predicted = np.asarray(predictor.predict(held_out.users, held_out.items), np.float64)
    if objective.clip:
        predicted = clip(predicted, held_out.scale)
    truth, reliability = held_out.values, reliability_of(predictor, held_out)
    known = ColdStart.of(train, held_out).warm
    divided = has_cold(known)

    def over(rows: BoolArray) -> dict[str, float]:
        values = {name: float(metric.value(truth[rows], predicted[rows])) for name, metric in RATING_METRICS.items()}
        return values if reliability is None else {**values, COVERAGE: reliability.take(rows).observed()}

    return EvaluationResult(
        over(np.ones(len(truth), bool)),
        {
            name: MetricSample(name, metric.losses(truth, predicted), held_out.users, known if divided else None)
            for name, metric in RATING_METRICS.items()
        },
        reliability=reliability,
        warm=over(known) if divided and known.any() else {},
        cold=over(~known) if divided else {},
    )


def score_lists(
    predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings
) -> EvaluationResult:
    """Evaluate a predictor by ranking and exposure metrics alone; arguments as of `score`."""
    return score_part(predictor, ranking_part(train, held_out, objective), objective)


def score_part(predictor: Predictor, part: RankingPart, objective: ObjectiveSettings) -> EvaluationResult:
    """Evaluate a predictor by ranking and exposure metrics alone, on a part that serves for many predictors."""
    rank = score_ranker(lambda cases: score_cases(predictor, part.cases, cases)[None], part.fallback)
    chunk = max(1, min(CHUNK, _AT_ONCE // part.cases.relevant.shape[1]))
    reads = part.cases.grow and predictor.reads_histories
    ranking = part.values(
        rank,
        objective.k,
        objective.lengths,
        chunk,
        rates=predictor.rates,
        reads=reads,
        features=predictor.reads_features,
    )
    known = part.warm
    divided = has_cold(known)

    def over(cases: BoolArray) -> dict[str, float]:
        return {name: float(nan_mean(values[:, cases])[0]) for name, values in ranking.per_user.items()}

    return EvaluationResult(
        {name: float(of_members[0]) for name, of_members in ranking.values.items()},
        {
            name: MetricSample(name, values[0], ranking.users, known if divided else None)
            for name, values in ranking.per_user.items()
        },
        ranking,
        warm=over(known) if divided and known.any() else {},
        cold=over(~known) if divided else {},
    )


def score_cases(predictor: Predictor, cases: Cases, some: AnyArray) -> AnyArray:
    """The scores of all items for cases at positions (B,): (B, I).

    Only predictors that read histories see what users did in the held-out part.
    """
    users, items = cases.users[some], cases.relevant.shape[1]
    if cases.grow and predictor.reads_histories:
        return np.asarray(predictor.score_histories(cases.histories.take(some), items, users))
    return np.asarray(predictor.score_all(users, items))


def described(result: EvaluationResult, part: RankingPart) -> Mapping[str, float]:
    """The descriptive metrics of the lists that were evaluated on a part, by name; empty without lists."""
    if result.ranking is None:
        return {}
    return {name: float(of_members[0]) for name, of_members in describe_lists(result.ranking, part.context).items()}
