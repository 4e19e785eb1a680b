"""Tests of tuned baselines: the chosen settings, the number of fits, and the metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from evaluation_samples import make_ratings
from item_features import with_item_features

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines import tuning
from recsys.evaluation.baselines.baseline import Baseline, SearchRange
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.table import BASELINES, baselines_for
from recsys.evaluation.baselines.tuning import score_family, tune
from recsys.evaluation.metrics.table import METRICS, metric_of
from recsys.evaluation.objective import ObjectiveSettings

RATINGS = with_item_features(make_ratings(30, 25, 300).with_positives_from(4))
TRAIN, VALIDATION = RATINGS.take(np.arange(220)), RATINGS.take(np.arange(220, 300))


@dataclass(frozen=True)
class Guess(Baseline):
    """Predicts a number for everything: the best is known."""

    name = "guess"
    guess: float = 0.0

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:  # noqa: ARG003 - the same ones on all data
        return {"guess": SearchRange(-10, 10, stricter="low")}

    def learn(self, ratings: Ratings) -> LinearScores:
        return LinearScores(np.full((31, 1), self.guess), np.ones((1, 26)))


def test_the_best_setting_is_found_and_measured_on_validation() -> None:
    chosen = tune(Guess, TRAIN, VALIDATION, ObjectiveSettings(clip=False))
    assert isinstance(chosen.baseline, Guess)
    assert chosen.baseline.guess == pytest.approx(VALIDATION.mean, abs=0.2)
    errors = VALIDATION.values - chosen.baseline.guess
    assert chosen.scored.values["rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)))
    assert chosen.fits > 1


def test_where_all_do_alike_the_strictest_is_chosen() -> None:
    chosen = tune(Guess, TRAIN, VALIDATION, ObjectiveSettings(metric="ndcg"))
    assert isinstance(chosen.baseline, Guess)
    assert chosen.baseline.guess == -10


@pytest.mark.parametrize("metric", ["rmse", "ndcg"])
def test_what_is_chosen_does_no_worse_than_the_defaults(metric: str) -> None:
    objective = ObjectiveSettings(metric=metric)
    for kind in baselines_for(metric_of(metric), TRAIN):
        default = score_family(kind().fit(TRAIN), TRAIN, VALIDATION, objective).values[metric]
        chosen = tune(kind, TRAIN, VALIDATION, objective).scored.values[metric]
        assert metric_of(metric).sort_key(chosen) <= metric_of(metric).sort_key(default)


def test_large_data_are_fitted_once_at_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "MAX_POSITIVES", len(TRAIN.positives) - 1)
    chosen = tune(Guess, TRAIN, VALIDATION, ObjectiveSettings())
    assert (chosen.baseline, chosen.fits) == (Guess(), 1)


@pytest.mark.parametrize("name", BASELINES)
def test_what_is_chosen_is_measured_by_the_metrics_of_the_objectives_family(name: str) -> None:
    for metric, families in (("mae", {"rating"}), ("recall", {"ranking", "exposure"})):
        chosen = tune(BASELINES[name], TRAIN, VALIDATION, ObjectiveSettings(metric=metric))
        assert {METRICS[measured].family for measured in chosen.scored.values} == families
