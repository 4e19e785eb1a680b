"""Tests of the regret bound: it holds at its nominal rate, and is absent without a basis."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recsys.studies.regret import CONFIDENCE, LEAST, regret_bound


@pytest.mark.parametrize("parameters", [1, 2, 4])
@pytest.mark.parametrize("trials", [48, 160])
def test_it_holds_of_random_points_as_often_as_it_says(parameters: int, trials: int) -> None:
    """Of bowls whose least value is 0."""
    rng, held, rounds = np.random.default_rng(parameters), 0, 400
    for _ in range(rounds):
        centre = rng.uniform(0.2, 0.8, parameters)
        values = ((rng.uniform(size=(trials, parameters)) - centre) ** 2) @ np.arange(1, parameters + 1)
        bound = regret_bound(values.tolist(), trials, parameters)
        assert bound is not None
        held += values.min() <= bound
    deviation = math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / rounds)
    assert held / rounds >= CONFIDENCE - 3 * deviation


def test_more_parameters_and_more_confidence_widen_it() -> None:
    values = np.random.default_rng(0).uniform(size=64).tolist()
    few, many, sure = (regret_bound(values, 64, *more) for more in ((2, CONFIDENCE), (8, CONFIDENCE), (2, 0.99)))
    assert few is not None
    assert many is not None
    assert sure is not None
    assert 0 < few < min(many, sure)


@pytest.mark.parametrize(
    ("values", "ended"), [([0.1] * (LEAST - 1), LEAST - 1), ([math.nan] * 40, 40), ([0.1, 0.2], 40), ([], 0)]
)
def test_of_too_few_trials_nothing_is_said(values: list[float], ended: int) -> None:
    assert regret_bound(values, ended, 2) is None


def test_pruned_trials_are_not_of_the_best_but_count() -> None:
    values = np.random.default_rng(0).uniform(size=30).tolist()
    assert regret_bound(values, 60, 2) == regret_bound([*values, *(9.0 for _ in range(30))], 60, 2)
