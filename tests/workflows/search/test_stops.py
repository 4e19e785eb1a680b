"""Tests of the conditions that end a sweep, with a simulated clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from recsys.evaluation.metrics.table import metric_of
from recsys.studies.study import StudySettings
from recsys.training.trial import Result, Trial, TrialState
from recsys.workflows.search.stops import Stops, WorkClock


class Time:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def stops(time: Time, metric: str = "rmse", worked: float = 0.0, **settings: Any) -> Stops:
    clock = WorkClock(worked, time)
    clock.start()
    return Stops(StudySettings(**settings), metric_of(metric), 2, clock)


def results(values: Sequence[float], *, start: int = 0, metric: str = "rmse", **changes: Any) -> list[Result]:
    """A cohort of complete trials."""
    given = {"state": TrialState.COMPLETE, "seconds": 1.0, **changes}
    return [
        Result(
            Trial(number, {}, 0, 3),
            history={metric: [value]},
            best_epoch=0,
            values={metric: value},
            weights={},
            **given,
        )
        for number, value in enumerate(values, start)
    ]


def train(stops: Stops, time: Time, seconds: float, cohort: Sequence[Result]) -> None:
    """A cohort that takes so long."""
    stops.begin([result.trial for result in cohort])
    time.now += seconds
    stops.take(cohort)


class TestMinutes:
    def test_downtime_is_no_work(self) -> None:
        time = Time()
        clock = WorkClock(30.0, time)
        time.now += 86_400
        assert clock.seconds == 30
        clock.start()
        time.now += 12
        assert clock.seconds == 42
        clock.stop()
        time.now += 7
        assert clock.seconds == 42

    def test_a_sweep_is_over_when_its_time_is_up_whenever_that_was_spent(self) -> None:
        time = Time()
        found = stops(time, worked=50, minutes=1)
        assert (found.over, found.room()) == (False, True)
        time.now += 10
        assert (found.over, found.room()) == (True, False)
        assert found.reason == "minutes = 1: the time of work is up"

    def test_a_cohort_that_cannot_end_in_time_is_not_begun(self) -> None:
        time = Time()
        found = stops(time, minutes=1)
        train(found, time, 4, results([0.9, 0.8]))
        time.now += 51
        assert found.room()
        time.now += 2
        assert not found.over
        assert not found.room()
        assert found.reason == "minutes = 1: 3.0 s were left, less than the quickest cohort has taken, 4.0 s"

    def test_no_more_than_can_be_spared_is_given_away(self) -> None:
        time = Time()
        found = stops(time, minutes=1)
        train(found, time, 40, results([0.9, 0.8]))
        time.now += 14
        assert found.room()  # for six seconds
        time.now += 2
        assert not found.room()

    def test_a_cohort_that_was_cut_or_failed_does_not_count_as_quick(self) -> None:
        time = Time()
        found = stops(time, minutes=1)
        train(found, time, 4, results([0.9]))
        train(found, time, 1, results([0.9], reason="cut after epoch 1", start=1))
        train(found, time, 1, results([0.9], state=TrialState.FAILED, start=2))
        found.take(results([0.9], start=3))  # of the record
        time.now += 49
        assert found.room()
        time.now += 2
        assert not found.room()

    def test_without_minutes_time_is_never_up(self) -> None:
        time = Time()
        found = stops(time)
        time.now += 1e9
        assert found.room()
        assert not found.watched


class TestTarget:
    @pytest.mark.parametrize(
        ("metric", "short", "reached"), [("rmse", [1.0, 0.91], [0.89, 0.95]), ("ndcg", [0.1, 0.89], [0.5, 0.9])]
    )
    def test_it_is_reached_in_the_direction_of_the_objective(
        self, metric: str, short: list[float], reached: list[float]
    ) -> None:
        found = stops(Time(), metric, target=0.9)
        found.take(results([*short, float("nan")], metric=metric))
        assert not found.over
        found.take(results(reached, start=3, metric=metric))
        best = 3 + reached.index(min(reached) if metric == "rmse" else max(reached))
        assert found.reason == f"target = 0.9: trial {best} reached {reached[best - 3]:.4f}"


class TestFlat:
    @pytest.mark.parametrize("metric", ["rmse", "ndcg"])
    def test_it_ends_once_the_bound_is_as_small_as_was_asked(self, metric: str) -> None:
        found = stops(Time(), metric, stop_when_flat=0.01)
        spread = [0.3 + 0.01 * step for step in range(40)]
        for start in range(0, 40, 10):
            found.take(results(spread[start // 10 :: 4], start=start, metric=metric))
            assert (found.regret is None) == (start + 10 < 32)
        assert not found.over
        best = min(spread) if metric == "rmse" else max(spread)
        found.take(results([best + 1e-4 * step for step in range(5)], start=40, metric=metric))
        assert found.reason.startswith("stop_when_flat = 0.01: with 95% confidence no point is better than")
        assert found.regret is not None
        assert found.regret <= 0.01


@pytest.mark.parametrize(
    ("given", "reason"), [(4, "trials = 4: all were made"), (3, "trials = 4: no more points are left to try")]
)
def test_a_sweep_that_had_all_its_trials_says_so(given: int, reason: str) -> None:
    found = stops(Time(), trials=4)
    found.take(results([0.5] * given))
    found.exhausted()
    assert found.reason == reason


@pytest.mark.parametrize("key", ["minutes", "stop_when_flat"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_budget_that_is_none_is_refused(key: str, value: float) -> None:
    with pytest.raises(ValueError, match=key):
        StudySettings(**{key: value})
