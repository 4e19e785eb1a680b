"""Tests of greedy ensembles against a plain Python selection, and of their properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.evaluation.ensemble import greedy_ensemble
from recsys.evaluation.metrics.rating import RATING_METRICS

METRICS = {name: RATING_METRICS[name].value for name in ("rmse", "mae")}
names = st.sampled_from(list(METRICS))
seeds = st.integers(0, 2**20)


def validation(seed: int, trials: int = 5) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.integers(1, 6, 30).astype(np.float32)
    return truth[:, None] + random.normal(0, random.uniform(0.5, 2, trials), (30, trials)), truth


def plain_selection(predictions: np.ndarray, truth: np.ndarray, size: int, name: str) -> np.ndarray:
    def value(bag: list[int]) -> float:
        return float(METRICS[name](truth, predictions[:, bag].mean(axis=1)))

    order = sorted(range(predictions.shape[1]), key=lambda trial: value([trial]))
    bag = min((order[: n + 1] for n in range(min(size, len(order)))), key=value)
    best = bag
    while len(bag) < size:
        bag = min(([*bag, trial] for trial in range(predictions.shape[1])), key=value)
        best = min(best, bag, key=value)
    return np.bincount(best, minlength=predictions.shape[1]) / len(best)


@given(seeds, st.integers(1, 9), names)
def test_it_makes_the_choices_of_the_plain_algorithm(seed, size, name) -> None:
    predictions, truth = validation(seed)
    expected = plain_selection(predictions, truth, size, name)
    np.testing.assert_allclose(greedy_ensemble(predictions, truth, size, name), expected)


@given(seeds, st.integers(1, 12), names)
def test_it_is_never_worse_on_validation_than_the_best_single_trial(seed, size, name) -> None:
    predictions, truth = validation(seed)
    weights = greedy_ensemble(predictions, truth, size, name)
    assert METRICS[name](truth, predictions @ weights) <= METRICS[name](truth, predictions).min() + 1e-12


@given(seeds, st.integers(1, 12), names)
def test_the_weights_are_shares_of_at_most_size_picks(seed, size, name) -> None:
    weights = greedy_ensemble(*validation(seed), size, name)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)
    assert np.count_nonzero(weights) <= size


def test_one_pick_is_the_best_single_trial() -> None:
    predictions, truth = validation(0)
    assert greedy_ensemble(predictions, truth, 1).argmax() == METRICS["rmse"](truth, predictions).argmin()


def test_two_trials_that_err_to_opposite_sides_are_averaged() -> None:
    truth = np.array([1.0, 2.0, 3.0])
    predictions = np.stack([truth + 9, truth + 1, truth - 1], axis=1)
    assert greedy_ensemble(predictions, truth, 4).tolist() == [0, 0.5, 0.5]


def test_of_equal_trials_the_first_is_taken() -> None:
    truth = np.array([1.0, 2.0])
    assert greedy_ensemble(np.stack([truth + 1] * 3, axis=1), truth, 3).tolist() == [1, 0, 0]


def test_a_trial_that_diverged_is_never_taken() -> None:
    predictions, truth = validation(0)
    predictions[3, :2] = np.nan
    assert greedy_ensemble(predictions, truth, 20)[:2].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("trials", "size", "metric", "message"),
    [
        (2, 3, "ndcg", "built for rmse, mae, rounded_mae, not for ndcg"),
        (2, 0, "rmse", "at least 1, not 0"),
        (0, 3, "rmse", "none has finite predictions"),
    ],
)
def test_what_cannot_be_built_is_an_input_error(trials: int, size: int, metric: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        greedy_ensemble(np.ones((4, trials)), np.ones(4), size, metric)
