"""Tests of scoring: the metrics that a predictor is measured by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from evaluation_samples import make_ratings

from recsys.data.ratings import Ratings
from recsys.evaluation.metrics.rating import RATING_METRICS
from recsys.evaluation.metrics.table import LIST_METRICS
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import EvaluationResult, MetricSample, defined_rows, score

METRICS = {**RATING_METRICS, **LIST_METRICS}
RATINGS = make_ratings(8, 12, 60)
LIKED = replace(RATINGS, values=np.full_like(RATINGS.values, 5))


class OfCodes:
    """Predicts a number between 0 and 1 that depends on both codes."""

    reads_features = False

    def __init__(self, *, rates: bool = True) -> None:
        self.rates = rates

    def predict(self, users: npt.NDArray[Any], items: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.sin(users * 12.9898 + items * 78.233) ** 2

    def score_all(self, users: npt.NDArray[Any], items: int) -> npt.NDArray[Any]:
        return self.predict(users[:, None], np.arange(items))


def scored(*, implicit: bool = False, rates: bool = True, also_at: tuple[int, ...] = ()) -> EvaluationResult:
    ratings = replace(RATINGS, implicit=implicit)
    train, held_out = ratings.take(np.arange(40)), ratings.take(np.arange(40, 60))
    return score(OfCodes(rates=rates), train, held_out, ObjectiveSettings(metric="ndcg", also_at=also_at))


def test_ratings_are_measured_by_every_metric() -> None:
    assert set(scored().values) == set(METRICS)


def test_scores_that_are_no_ratings_are_measured_by_their_lists_alone() -> None:
    both, of_scores = scored(), scored(rates=False)
    assert set(of_scores.values) == {name for name, metric in METRICS.items() if metric.family != "rating"}
    assert of_scores.values == {name: both.values[name] for name in of_scores.values}


def test_lists_are_measured_at_other_lengths_too() -> None:
    plain, more = scored(), scored(also_at=(10, 2, 3))
    lists = [name for name, metric in METRICS.items() if metric.family != "rating"]
    assert set(more.values) == set(METRICS) | {f"{name}_at_{k}" for name in lists for k in (2, 3)}
    assert {name: more.values[name] for name in plain.values} == plain.values
    assert more.samples["ndcg_at_3"].interval[0] <= more.values["ndcg_at_3"] <= more.samples["ndcg_at_3"].interval[1]


def test_implicit_data_have_no_rating_metrics_at_all() -> None:
    of_events = scored(implicit=True)
    assert set(of_events.values) == {name for name, metric in METRICS.items() if metric.family != "rating"}
    assert {METRICS[name].family for name in of_events.samples} == {"ranking", "exposure"}
    assert not np.isnan(list(of_events.values.values())).any()


class OfPairs:
    """Scores 1 for the pairs that it is given and 0 for all others."""

    rates = False
    reads_features = False

    def __init__(self, liked: Ratings) -> None:
        self.table = np.zeros((liked.catalogue.users, liked.catalogue.items))
        self.table[liked.users, liked.items] = 1

    def predict(self, users: npt.NDArray[Any], items: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return self.table[users, items]

    def score_all(self, users: npt.NDArray[Any], items: int) -> npt.NDArray[Any]:
        return self.table[users, :items]


class TestWhatCountsAsSeen:
    """Exactly what the model was fitted on: train in validation, train and validation in the test.

    Every part has a positive of everybody, so that nobody is cold.
    """

    TRAIN, VALIDATION, TEST = (LIKED.take(np.argsort(LIKED.users)[part::3]) for part in range(3))
    DEVELOPMENT = TRAIN.join(VALIDATION)
    EMPTY = LIKED.take(np.arange(0))

    def values(self, liked: Ratings, seen: Ratings, held_out: Ratings) -> dict[str, float]:
        return dict(score(OfPairs(liked), seen, held_out, ObjectiveSettings(metric="ndcg", k=5)).values)

    def test_validation_items_are_candidates_for_a_model_of_the_training_part(self) -> None:
        liked = self.VALIDATION.take(self.VALIDATION.values >= 4)
        assert self.values(liked, self.TRAIN, self.VALIDATION)["mrr"] == 1

    def test_training_items_are_not_whatever_the_model_says_of_them(self) -> None:
        for held_out in (self.VALIDATION, self.TEST):
            nothing = self.values(self.EMPTY, self.TRAIN, held_out)
            assert self.values(self.TRAIN, self.TRAIN, held_out) == nothing

    def test_validation_items_are_not_for_a_model_that_was_refitted_on_them(self) -> None:
        nothing = self.values(self.EMPTY, self.DEVELOPMENT, self.TEST)
        assert self.values(self.DEVELOPMENT, self.DEVELOPMENT, self.TEST) == nothing
        assert self.values(self.VALIDATION, self.TRAIN, self.TEST) != self.values(self.EMPTY, self.TRAIN, self.TEST)

    def test_test_items_are_candidates_in_the_test(self) -> None:
        liked = self.TEST.take(self.TEST.values >= 4)
        assert self.values(liked, self.DEVELOPMENT, self.TEST)["mrr"] == 1


def test_a_descriptive_metric_is_measured_if_it_is_an_objective() -> None:
    train, held_out = RATINGS.take(np.arange(40)), RATINGS.take(np.arange(40, 60))
    objective = ObjectiveSettings(metrics=("ndcg", "diversity", "entropy"))
    found = score(OfCodes(), train, held_out, objective)
    assert set(found.values) == {*METRICS, "diversity", "entropy"}
    assert set(found.samples) == {*METRICS, "diversity"} - {"coverage", "gini"}


class TestListsWithoutAValue:
    one, other = np.array([0.1, np.nan, 0.3, 0.4]), np.array([0.2, 0.2, np.nan, 0.1])
    users = np.arange(4)

    def test_those_that_both_samples_have_are_compared(self) -> None:
        assert defined_rows("popularity_lift", self.one, self.other).tolist() == [True, False, False, True]

    def test_a_model_without_any_value_leaves_out_no_list_of_another(self) -> None:
        assert defined_rows("popularity_lift", self.one, np.full(4, np.nan)).tolist() == [True, False, True, True]

    def test_a_rating_that_is_not_predicted_stays_as_an_error(self) -> None:
        assert defined_rows("mae", self.one, self.other).all()

    def test_an_interval_is_of_the_users_who_have_a_value(self) -> None:
        defined = MetricSample("popularity_lift", self.one[[0, 2, 3]], self.users[[0, 2, 3]])
        assert MetricSample("popularity_lift", self.one, self.users).interval == defined.interval
        assert np.isnan(MetricSample("mae", self.one, self.users).interval).all()  # type: ignore[arg-type]
