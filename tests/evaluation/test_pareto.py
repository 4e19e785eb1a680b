"""Tests of dominance between points, and of the Pareto front."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recsys.evaluation.metrics.metric import dominates, pareto_front

DIRECTIONS: Any = ("maximize", "minimize")
PAIRS = st.tuples(st.floats(0, 3).map(round), st.floats(0, 3).map(round))


class TestDominance:
    def test_is_as_good_in_all_and_better_in_one(self) -> None:
        assert dominates((2, 1), (1, 1), DIRECTIONS)
        assert dominates((2, 1), (1, 2), DIRECTIONS)
        assert not dominates((2, 2), (1, 1), DIRECTIONS)
        assert not dominates((2, 1), (2, 1), DIRECTIONS)

    def test_what_is_no_number_is_the_worst(self) -> None:
        assert dominates((0, 9), (math.nan, 9), DIRECTIONS)
        assert not dominates((math.nan, 0), (0, 9), DIRECTIONS)

    @given(a=PAIRS, b=PAIRS, c=PAIRS)
    def test_is_an_order(self, a: Any, b: Any, c: Any) -> None:
        assert not (dominates(a, b, DIRECTIONS) and dominates(b, a, DIRECTIONS))
        if dominates(a, b, DIRECTIONS) and dominates(b, c, DIRECTIONS):
            assert dominates(a, c, DIRECTIONS)


class TestFront:
    @given(values=st.lists(PAIRS, min_size=1, max_size=12))
    def test_nothing_on_it_is_dominated_and_everything_off_it_is_by_something_on_it(self, values: list[Any]) -> None:
        on_it = pareto_front(values, DIRECTIONS)
        assert on_it
        for place, value in enumerate(values):
            beaten = [other for other in on_it if dominates(values[other], value, DIRECTIONS)]
            assert bool(beaten) != (place in on_it)

    @given(values=st.lists(PAIRS, min_size=1, max_size=12))
    def test_is_that_of_optuna(self, values: list[Any]) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(directions=DIRECTIONS)
        study.add_trials([optuna.trial.create_trial(values=list(map(float, value))) for value in values])
        assert {trial.number for trial in study.best_trials} == set(pareto_front(values, DIRECTIONS))
