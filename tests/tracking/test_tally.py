"""Tests that the incremental tally of a sweep equals a count over all records."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from recsys.tracking.tally import Tally
from recsys.tracking.tracker import Recorded, best_of
from recsys.training.trial import FinishedTrial, TrialState

ENDS = st.tuples(st.sampled_from(TrialState), st.one_of(st.floats(0, 1), st.just(float("nan"))))


def record(number: int, state: TrialState, value: float) -> Recorded:
    finished = FinishedTrial(state, None if state is TrialState.FAILED else value)
    return Recorded(number, {}, 0, f"run-{number}", finished)


@given(ends=st.lists(ENDS, max_size=20), direction=st.sampled_from(["minimize", "maximize"]))
def test_counts_and_best_are_those_of_all_records(ends: list[tuple[TrialState, float]], direction: str) -> None:
    tally, records = Tally(direction), [record(number, *end) for number, end in enumerate(ends)]
    for each in records:
        was_best = tally.would_be_best(each)
        tally.take(each)
        assert was_best == (best_of(records[: each.number + 1], direction)[:1] == [each])
    found, best = tally.values(), best_of(records, direction)
    assert {state: found[state.lower()] for state in TrialState} == {
        state: sum(r.finished is not None and r.finished.state is state for r in records) for state in TrialState
    }
    assert found.get("best_so_far") == (best[0].finished.value if best and best[0].finished else None)


def test_a_trial_that_went_on_is_counted_once() -> None:
    tally, first = Tally("minimize"), record(0, TrialState.COMPLETE, 0.5)
    tally.take(first)
    tally.take(replace(first, finished=FinishedTrial(TrialState.COMPLETE, 0.4)), instead_of=first)
    assert tally.done == 1
    assert tally.values()["best_so_far"] == 0.4
