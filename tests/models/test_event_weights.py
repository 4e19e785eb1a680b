"""Tests of `event_half_life`: every kind that ranks learns from positives that weigh less the older they are."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings, SyntheticSettings
from recsys.data.synthetic import synthetic_sequences
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.batches.choose import positives_once
from recsys.models.event_weights import LEAST, event_weights
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.training.cohort import Trainer
from recsys.training.grouping import cohorts
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial

DAY, START = 86_400, 1_000_000_000
DRAWN = SyntheticSettings(users=40, items=20, ratings=400, rank=3, persistence=0.7)
HALF_LIFE = 30.0
SMALL: dict[str, Any] = {"embedding_size": 4, "batch_size": 64}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "catalogue": ("mf", {"loss": "softmax", **SMALL}),
    "negatives": ("mf", {"loss": "bpr", "negatives": 6, **SMALL}),
    "least squares": ("mf", {"loss": "weighted_squared", "solver": "als", "embedding_size": 4}),
    "sequences": ("sequential_mf", {"loss": "softmax", "history_length": 6, "heads": 2, **SMALL}),
}
"""The kinds that read the weights of implicit data."""
CLOSED_FORMS: dict[str, dict[str, Any]] = {"ease": {"l2": 3.0}, "item_knn": {"neighbours": 20, "shrinkage": 2.0}}


@pytest.fixture(scope="module")
def events() -> Ratings:
    """Events without weights, in a random order over 200 days."""
    drawn = synthetic_sequences(DataSettings(source="synthetic", feedback="implicit", synthetic=DRAWN))
    times = START + np.random.default_rng(0).integers(0, 200 * DAY, len(drawn))
    return replace(drawn, values=np.ones_like(drawn.values), timestamps=times, ordered=True).alone


def trained(ratings: Ratings, kind: str, points: Sequence[dict[str, Any]]) -> list[Result]:
    settings = ModelSettings(kind=kind)
    base = default_point(settings, ranking=True)
    data, objective = TrainingData(ratings, ratings.take(np.arange(0))), ObjectiveSettings(metric="ndcg")
    trainer = Trainer(settings, data, TrainingSettings(epochs=2, patience=0), objective)
    trials = [Trial(number, base | point, 3, 2) for number, point in enumerate(points)]
    return [result for cohort in cohorts(trials, settings) for result in trainer.train(cohort)]


@given(
    days=st.lists(st.floats(0, 300), min_size=2, max_size=9),
    half_life=st.floats(20, 1000),
    unit=st.sampled_from([1, 1000]),
)
def test_a_weight_halves_after_each_half_life_before_the_newest_event(
    days: list[float], half_life: float, unit: int
) -> None:
    times = (START + np.round(np.array(days) * DAY)) * unit
    found = event_weights(times[1:], times, half_life)
    ages = (times.max() - times[1:]) / (DAY * unit)
    np.testing.assert_allclose(found, np.exp2(-ages / half_life), rtol=1e-5)


def test_the_unit_of_times_that_are_no_dates_counts_as_a_day() -> None:
    np.testing.assert_allclose(event_weights(np.array([1, 3, 5]), np.array([1, 3, 5, 7]), 2.0), [1 / 8, 1 / 4, 1 / 2])


def test_the_oldest_positive_is_still_one() -> None:
    assert event_weights(np.array([0.0]), np.array([0.0, 1e4]), 1.0) == np.float32(LEAST)


@pytest.mark.parametrize("case", KINDS)
def test_it_is_training_on_the_weights_of_implicit_data(case: str, events: Ratings) -> None:
    """Also for trials that share compiled code with trials of other half-lives."""
    kind, point = KINDS[case]
    assert events.timestamps is not None
    weights = np.exp2(-(events.timestamps.max() - events.timestamps) / (HALF_LIFE * DAY))
    weighed = replace(events, values=weights.astype(np.float32))
    half_lives = ({}, {"event_half_life": 90.0}, {"event_half_life": HALF_LIFE})
    *others, aged = trained(events, kind, [{**point, **own} for own in half_lives])
    (expected,) = trained(weighed, kind, [point])
    assert aged.weights.keys() == expected.weights.keys()
    for name, array in aged.weights.items():
        np.testing.assert_allclose(array, expected.weights[name], rtol=1e-4, atol=1e-6, err_msg=name)
    losses = [result.history["train_loss"][-1] for result in (*others, aged)]
    assert losses[2] == pytest.approx(expected.history["train_loss"][-1], rel=1e-4)
    assert len(set(losses)) == 3


def test_of_ratings_positives_are_weighed_and_the_others_stay_marked(events: Ratings) -> None:
    stars = replace(events, implicit=False, values=np.where(events.items % 2, 5, 2).astype(np.float32), positive_from=4)
    found = positives_once(TrainingData(stars, stars).aged(HALF_LIFE), seen=True)
    assert found.timestamps is not None
    weights = np.exp2(-(found.timestamps.max() - found.timestamps) / (HALF_LIFE * DAY))
    positive = found.items % 2 == 1
    np.testing.assert_allclose(found.values[positive], weights[positive], rtol=1e-5)
    assert (found.values[~positive] < 0).all()


class TestOfClosedForms:
    def owned(self, events: Ratings) -> np.ndarray[Any, Any]:
        assert events.timestamps is not None
        owned = np.zeros((DRAWN.users, DRAWN.items))
        owned[events.users, events.items] = np.exp2(-(events.timestamps.max() - events.timestamps) / (HALF_LIFE * DAY))
        return owned

    def table(self, events: Ratings, kind: str, **point: Any) -> np.ndarray[Any, Any]:
        (result,) = trained(events, kind, [{**CLOSED_FORMS[kind], **point}])
        (table,) = result.weights.values()
        return table

    def test_ease_solves_for_the_weighed_choices(self, events: Ratings) -> None:
        owned = self.owned(events)
        inverse = np.linalg.inv(owned.T @ owned + CLOSED_FORMS["ease"]["l2"] * np.eye(DRAWN.items))
        expected = np.eye(DRAWN.items) - inverse / np.diag(inverse)
        np.testing.assert_allclose(self.table(events, "ease", event_half_life=HALF_LIFE), expected, atol=1e-5)

    def test_neighbours_are_alike_in_the_weighed_choices(self, events: Ratings) -> None:
        gram = self.owned(events).T @ self.owned(events)
        norms = np.sqrt(np.diag(gram))
        expected = gram / (norms * norms[:, None] + CLOSED_FORMS["item_knn"]["shrinkage"])
        np.fill_diagonal(expected, 0)
        np.testing.assert_allclose(self.table(events, "item_knn", event_half_life=HALF_LIFE), expected, atol=1e-5)

    @pytest.mark.parametrize("kind", CLOSED_FORMS)
    def test_a_half_life_of_0_is_as_none(self, kind: str, events: Ratings) -> None:
        np.testing.assert_array_equal(self.table(events, kind, event_half_life=0.0), self.table(events, kind))


def test_a_copy_for_a_worker_has_the_same_weights(events: Ratings) -> None:
    data = TrainingData(events, events.take(np.arange(0))).aged(HALF_LIFE)
    copied = pickle.loads(pickle.dumps(data))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(copied.histories.weights, data.histories.weights)
    assert data.histories.weights.min() < 0.1
