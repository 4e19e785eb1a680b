"""Tests of dominance pruning: a trial ends only if another was better in all objectives at every step."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.studies.dominance_pruner import WARM_UP, DominancePruner

HIGH = [(0.1, 0.9), (0.2, 0.8), (0.5, 0.5), (0.6, 0.5), (0.6, 0.5)]
"""Of a complete trial, by epoch: two objectives, both to be large."""


def epochs(pruner: DominancePruner, number: int, curve: Sequence[tuple[float, float]]) -> list[bool]:
    return [pruner.keeps_going(number, epoch, values) for epoch, values in enumerate(curve)]


def knowing(*curves: Sequence[tuple[float, float]]) -> DominancePruner:
    pruner = DominancePruner(["maximize", "maximize"])
    for number, curve in enumerate(curves):
        epochs(pruner, number, curve)
        pruner.end(number, complete=True)
    return pruner


def test_what_is_worse_in_both_all_the_way_ends_after_the_warm_up() -> None:
    assert epochs(knowing(HIGH), 9, [(0, 0)] * 4) == [True] * WARM_UP + [False] * 2


def test_what_is_better_in_one_goes_on() -> None:
    assert all(epochs(knowing(HIGH), 9, [(0, 0), (0, 0), (0.1, 0.6), (0.1, 0.6), (0.1, 0.6)]))


def test_what_was_better_once_goes_on() -> None:
    assert all(epochs(knowing(HIGH), 9, [(0, 0), (0, 0), (0.6, 0.1), (0.1, 0.1), (0.1, 0.1)]))


def test_several_that_are_each_better_in_turns_end_nothing() -> None:
    turns = [(0, 0), (0, 0), (0.9, 0.9), (0, 0)], [(0, 0), (0, 0), (0, 0), (0.9, 0.9)]
    assert all(epochs(knowing(*turns), 9, [(0, 0), (0, 0), (0.5, 0.5), (0.5, 0.5)])[3:])


def test_one_that_ended_sooner_counts_on_with_its_last_values() -> None:
    assert epochs(knowing(HIGH[:3]), 9, [(0, 0)] * 5)[-1] is False


def test_what_was_pruned_or_is_under_way_ends_nothing() -> None:
    pruner = DominancePruner(["maximize", "maximize"])
    epochs(pruner, 0, HIGH)
    epochs(pruner, 1, HIGH)
    pruner.end(1, complete=False)
    assert all(epochs(pruner, 9, [(0, 0)] * 5))


def test_a_trial_that_is_trained_again_from_its_first_epoch_has_no_other_curve() -> None:
    """As after its worker has died, or its cohort was too large for the memory."""
    pruner = knowing(HIGH)
    epochs(pruner, 9, [(0.9, 0.9)] * 3)
    assert epochs(pruner, 9, [(0, 0)] * 4) == [True] * WARM_UP + [False] * 2
