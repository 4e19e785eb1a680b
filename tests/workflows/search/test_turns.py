"""Tests that the study gets results in the order of the trials, independent of the order of completion."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recsys.training.trial import Result, Trial, TrialState
from recsys.workflows.search.loop import Turns


def cohort(number: int) -> list[Trial]:
    return [Trial(number, {}, 0, 1), Trial(number + 100, {}, 0, 1)]


def results(number: int) -> list[Result]:
    return [Result(trial, TrialState.COMPLETE, {}, 0, {}, {}, 0.0) for trial in cohort(number)]


@given(st.permutations(range(6)))
def test_each_is_told_once_as_soon_as_those_before_it_were(ending: list[int]) -> None:
    turns = Turns(in_order=True)
    for number in range(6):
        turns.enter(cohort(number))
    finished: list[int] = []
    for place, number in enumerate(ending):
        finished += [each[0].trial.number for each in turns.end(results(number))]
        ended = set(ending[: place + 1])
        assert finished == [n for n in range(6) if ended >= set(range(n + 1))]


@given(st.permutations(range(6)))
def test_where_nobody_waits_it_is_the_order_of_ending(ending: list[int]) -> None:
    turns = Turns(in_order=False)
    for number in range(6):
        turns.enter(cohort(number))
    assert [turns.end(results(number)) for number in ending] == [[results(number)] for number in ending]
