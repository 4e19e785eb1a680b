"""Tests of the grouping of trials into cohorts, and of padding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.models.layers.layout import LANES, Layout
from recsys.models.mf.kind import MF
from recsys.models.parts.packing import MOST_MEMBERS, fillers_by_size
from recsys.models.settings import ModelSettings
from recsys.training import grouping
from recsys.training.grouping import (
    LEAST_WIDTH,
    MOST_RANKING,
    MOST_WIDTH,
    WORTH_PARTING,
    cohorts,
    most_ranking,
    widest,
)
from recsys.training.trial import Trial

MF_SETTINGS, MLP_SETTINGS = ModelSettings(kind="mf"), ModelSettings(kind="mlp")

sizes = st.lists(st.integers(1, 200), min_size=1, max_size=40)


def of_sizes(numbers: list[int], **point: object) -> list[Trial]:
    return [
        Trial(i, {"embedding_size": size, "batch_size": 64 * (1 + i % 2), **point}, i, 3)  # type: ignore[dict-item]
        for i, size in enumerate(numbers)
    ]


@given(sizes)
def test_every_trial_is_in_one_cohort(numbers: list[int]) -> None:
    trials = of_sizes(numbers)
    assert sorted(t.number for cohort in cohorts(trials, MF_SETTINGS) for t in cohort) == list(range(len(trials)))


@given(sizes, st.integers(1, 4))
def test_large_groups_are_parted_for_all_threads(numbers: list[int], at_once: int) -> None:
    trials = of_sizes(numbers)
    parted = cohorts(trials, MF_SETTINGS, at_once=at_once)
    assert sorted(t.number for cohort in parted for t in cohort) == list(range(len(trials)))
    for batch_size in {t.point["batch_size"] for t in trials}:
        group = [cohort for cohort in parted if cohort[0].point["batch_size"] == batch_size]
        if sum(map(len, group)) >= WORTH_PARTING * at_once:
            assert len(group) % at_once == 0


@given(sizes)
def test_a_cohort_shares_its_batch_size_and_has_not_too_many_members(numbers: list[int]) -> None:
    for cohort in cohorts(of_sizes(numbers), MF_SETTINGS):
        assert len({t.point["batch_size"] for t in cohort}) == 1
        assert len(cohort) <= MOST_MEMBERS


def test_wide_trials_are_spread_over_cohorts_of_about_equal_width() -> None:
    trials = [t for t in of_sizes([64] * 32) if t.point["batch_size"] == 64]
    widths = [sum(int(t.point["embedding_size"]) for t in cohort) for cohort in cohorts(trials, MF_SETTINGS)]  # type: ignore[arg-type]
    assert max(widths) <= MOST_WIDTH
    assert max(widths) - min(widths) <= 64


@pytest.mark.parametrize(
    ("rows", "at_once", "width"),
    [
        (1_000, 1, MOST_WIDTH),
        (2_600, 1, MOST_WIDTH),
        (2_600, 2, 192),
        (2_600, 4, LEAST_WIDTH),
        (5_000, 1, 192),
        (9_700, 1, LEAST_WIDTH),
        (60_000, 2, LEAST_WIDTH),
    ],
)
def test_tables_of_cohorts_side_by_side_are_kept_in_the_caches_of_the_machine(
    rows: int, at_once: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "numbers_in_reach", lambda: 2**20)
    assert widest(rows, at_once) == width
    trials = [t for t in of_sizes([64] * 32) if t.point["batch_size"] == 64]
    assert max(len(cohort) for cohort in cohorts(trials, MF_SETTINGS, rows=rows, at_once=at_once)) == width // 64


def test_tables_that_no_cache_holds_are_as_wide_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "numbers_in_reach", lambda: 2**20)
    assert widest(220_000) == MOST_WIDTH


def test_caches_have_no_say_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(grouping, "numbers_in_reach")
    monkeypatch.setattr("tensorflow.config.list_physical_devices", lambda _kind: ["a GPU"])
    assert widest(9_700) == MOST_WIDTH


def test_nothing_is_measured_for_a_few_narrow_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(grouping, "numbers_in_reach")
    assert len(cohorts(of_sizes([16] * 14), MF_SETTINGS, rows=9_700)) == 2


def test_lists_are_learnt_beside_neighbours_in_size_and_filled_up_with_copies() -> None:
    trials = [t for t in of_sizes([8, 8, 128, 128, 16, 16, 96, 96, 64, 64], loss="softmax") if t.number % 2]
    first, second = sorted(cohorts(trials, MF_SETTINGS), key=len)
    assert [[t.point["embedding_size"] for t in cohort] for cohort in (first, second)] == [[128], [8, 16, 96, 64]]
    assert MF.fillers([t.point for t in second[:3]]) == [second[2].point]


@pytest.mark.parametrize(("rows", "members"), [(None, 4), (2_600, 4), (5_000, 2), (9_700, 1), (19_999, 1), (20_000, 4)])
def test_fewer_are_learnt_together_where_every_step_updates_large_tables(rows: int | None, members: int) -> None:
    trials = [t for t in of_sizes([64] * 16, loss="softmax") if t.number % 2]
    assert [len(cohort) for cohort in cohorts(trials, MF_SETTINGS, rows=rows)] == [members] * (8 // members)
    solved = of_sizes([64] * 4, loss="weighted_squared", solver="als")[::2]
    assert [len(cohort) for cohort in cohorts(solved, MF_SETTINGS, rows=rows)] == [2]


def test_a_gpu_learns_lists_together_whatever_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tensorflow.config.list_physical_devices", lambda _kind: ["a GPU"])
    assert most_ranking(9_700) == MOST_RANKING


def test_losses_of_rankings_do_not_mix_with_others() -> None:
    trials = of_sizes([8, 8, 8, 8])
    losses = ("softmax", "logistic", "huber", "log_cosh")
    mixed = [
        Trial(t.number, {**t.point, "loss": loss, "batch_size": 64}, 0, 3)
        for t, loss in zip(trials, losses, strict=True)
    ]
    assert [[t.point["loss"] for t in cohort] for cohort in cohorts(mixed, MF_SETTINGS)] == [
        ["softmax"],
        ["logistic"],
        ["huber", "log_cosh"],
    ]


def test_hidden_shapes_do_not_mix() -> None:
    sizes = {"user_embedding_size": 4, "item_embedding_size": 4}
    trials = [Trial(i, {**sizes, "hidden_units": units}, i, 3) for i, units in enumerate([(8,), (8,), (9,), (9,)])]
    assert [{t.point["hidden_units"] for t in cohort} for cohort in cohorts(trials, MLP_SETTINGS)] == [{(8,)}, {(9,)}]


@given(st.lists(st.integers(1, 100), min_size=2, max_size=16))
def test_a_filled_cohort_has_a_round_number_of_groups(numbers: list[int]) -> None:
    points = [t.point for t in of_sizes(numbers)]
    members = [*points, *MF.fillers(points)]
    assert Layout([int(point["embedding_size"]) for point in members], LANES).groups % 8 == 0  # type: ignore[arg-type]


@given(st.lists(st.integers(1, 100), min_size=2, max_size=16))
def test_a_factory_of_ones_own_meets_no_size_of_0(numbers: list[int]) -> None:
    points = [t.point for t in of_sizes(numbers)]
    members = [*points, *fillers_by_size(points, empty=False)]
    assert Layout([int(point["embedding_size"]) for point in members], LANES).groups % 8 == 0  # type: ignore[arg-type]
    assert all(int(point["embedding_size"]) >= 1 for point in members)  # type: ignore[arg-type]


def test_a_cohort_of_one_is_not_filled() -> None:
    assert MF.fillers([t.point for t in of_sizes([7])]) == []
