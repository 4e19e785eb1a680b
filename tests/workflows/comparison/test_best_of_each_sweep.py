"""Tests of the trials that an ensemble of several sweeps is chosen from."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recsys.workflows.comparison.candidate import _best_of_each_sweep


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_places_alternate_between_the_sweeps_and_lose_no_trial(sweeps: list[str]) -> None:
    """The entries are in order of their values, whatever sweep they are of."""
    entries: Any = [(sweep, place) for place, sweep in enumerate(sweeps)]
    found = _best_of_each_sweep(entries)
    assert sorted(found) == sorted(entries)
    ranks = [sum(other == sweep for other in sweeps[:place]) for sweep, place in found]
    assert ranks == sorted(ranks)
    for sweep in "abc":
        own = [place for name, place in found if name == sweep]
        assert own == sorted(own)


def test_the_best_of_a_worse_sweep_comes_before_the_second_of_a_better_one() -> None:
    entries: Any = [("good", 0), ("good", 1), ("good", 2), ("poor", 3)]
    assert _best_of_each_sweep(entries) == [("good", 0), ("poor", 3), ("good", 1), ("good", 2)]
