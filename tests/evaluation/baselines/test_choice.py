"""The search for a baseline's settings: it climbs, it ends, and no setting it has seen is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines import choice
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.choice import MOST_FITS, choose
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.table import BASELINES
from recsys.evaluation.metrics.table import METRICS
from recsys.evaluation.objective import ObjectiveSettings

RATINGS = make_ratings(30, 25, 300).with_positives_from(4)
TRAIN, VALIDATION = RATINGS.take(np.arange(220)), RATINGS.take(np.arange(220, 300))


@dataclass(frozen=True)
class Guess(Baseline):
    """Predicts a number for everything: the best is known."""

    name = "guess"
    guess: int = 0

    @classmethod
    def starts(cls) -> Sequence[Self]:
        return [cls(), cls(40)]

    def near(self) -> Sequence[Self]:
        return [type(self)(self.guess + step) for step in (-2, 2)]

    def fit(self, ratings: Ratings) -> LinearScores:
        return LinearScores(np.full((31, 1), self.guess / 10), np.ones((1, 26)))


def test_it_climbs_from_the_best_start_to_where_nothing_near_is_better() -> None:
    chosen = choose(Guess, TRAIN, VALIDATION, ObjectiveSettings(clip=False))
    assert isinstance(chosen.baseline, Guess)
    assert chosen.baseline.guess / 10 == pytest.approx(VALIDATION.mean, abs=0.1)
    assert chosen.fits <= MOST_FITS


def test_it_ends_after_so_many_fits_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "MOST_FITS", 3)
    assert choose(Guess, TRAIN, VALIDATION, ObjectiveSettings(clip=False)).fits == 3


def test_large_data_are_fitted_once_at_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "MOST_POSITIVES", len(TRAIN.positives) - 1)
    chosen = choose(Guess, TRAIN, VALIDATION, ObjectiveSettings())
    assert (chosen.baseline, chosen.fits) == (Guess(), 1)


@pytest.mark.parametrize("name", BASELINES)
def test_what_is_chosen_is_measured_by_the_metrics_of_the_objectives_family(name: str) -> None:
    for metric, families in (("mae", {"rating"}), ("recall", {"ranking", "exposure"})):
        chosen = choose(BASELINES[name], TRAIN, VALIDATION, ObjectiveSettings(metric=metric))
        assert {METRICS[measured].family for measured in chosen.scored.values} == families
