"""Tests of sweeps that end before their last trial: their trials are kept, and they can be resumed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from recsys.execution.executor import LocalExecutor
from recsys.experiment import load_experiment
from recsys.tracking.memory_tracker import MemoryTracker
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.tracker import Recorded
from recsys.training.trial import TrialState
from recsys.workflows.search import run_study as module
from recsys.workflows.search.prepare import Prepared, prepare, study_of
from recsys.workflows.search.progress import unwatched
from recsys.workflows.search.resume import resume
from recsys.workflows.search.run_study import SweepResult, run_study
from recsys.workflows.search.stops import Stops, WorkClock
from recsys.workflows.search.stored import header_of
from recsys.workflows.search.sweep import sweep

QUICK, SLOW = 4.0, 6.0
"""Seconds that an epoch of a cohort takes, by the clock of these tests: of the first six, and of others."""
ENGINES = {
    "tpe": (0.9, ["training.patience=0", "training.epochs=6"]),
    "median": (0.9, ["training.patience=0", "study.pruner=median", "training.epochs=6"]),
    "keras_tuner": (0.5, ["study.engine=keras_tuner", "study.sampler=hyperband", "training.epochs=6"]),
}
"""How they search, and the minutes that end in a cohort."""


TRAINERS: dict[int, Any] = {}
"""What is compiled serves all lives."""


class Life:
    """A life of a sweep in memory, whose clock moves by an epoch at a time."""

    def __init__(self, prepared: Prepared, tracker: MemoryTracker) -> None:
        self.prepared, self.tracker, self.now, self.epochs = prepared, tracker, 0.0, 0

    def run(self) -> SweepResult:
        study = study_of(self.prepared)
        settings, worked = self.prepared.experiment.study, self.tracker.worked
        clock = WorkClock(worked, lambda: self.now)
        stops = Stops(settings, self.prepared.metric, 2, clock)
        report = module._report_to(study, stops, prunes=settings.prunes)

        def epoch(*asked: Any) -> Sequence[TrialState | None]:
            self.epochs += 1
            self.now += QUICK if self.epochs <= 6 else SLOW
            return report(*asked)

        executor = LocalExecutor(module._task(self.prepared), epoch)
        executor._trainer = TRAINERS.setdefault(self.prepared.experiment.training.epochs, executor._trainer)
        return run_study(self.prepared, study, executor, self.tracker, self.tracker.records(), "life", unwatched, stops)


def lives(
    experiment: Path, overrides: Sequence[str], *changes: Sequence[str]
) -> list[tuple[SweepResult, list[Recorded]]]:
    """A sweep in several lives, each with some keys other than the one before, and the record after each."""
    found, tracker = [], None
    for more in changes:
        prepared = prepare(load_experiment(experiment, [*overrides, *more]))
        tracker = tracker or MemoryTracker(header_of(prepared, "life", "sweep"))
        found.append((Life(prepared, tracker).run(), tracker.records()))
    return found


def outcomes(records: Sequence[Recorded]) -> list[Any]:
    return [
        (r.number, dict(r.point), r.seed, r.cut, r.finished and (r.finished.state, r.finished.history)) for r in records
    ]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["tpe", "median", "keras_tuner"])
def test_a_sweep_that_is_cut_goes_on_as_if_it_had_not_been(engine: str, experiment: Path) -> None:
    minutes, words = ENGINES[engine]
    trials, budget = ["study.trials=9", *words], [f"study.minutes={minutes}"]
    ((whole, undisturbed),) = lives(experiment, trials, [])
    short, again, longer = lives(experiment, trials, budget, budget, ["study.minutes=99"])
    cut = [record for record in short[1] if record.cut]
    assert short[0].stopped == f"minutes = {minutes}: the time of work is up"
    assert 0 <= short[0].worked - 60 * minutes < SLOW
    assert 0 < len(cut) <= 3
    for record in cut:
        assert record.finished is not None
        assert record.finished.value == min(record.finished.history)
        full = undisturbed[record.number].finished
        assert full is not None
        assert record.finished.history == full.history[: len(record.finished.history)]
    assert outcomes(again[1])[: len(short[1])] == outcomes(short[1])
    assert (again[0].trials, again[0].best) == (short[0].trials, short[0].best)
    assert outcomes(longer[1]) == outcomes(undisturbed)
    assert longer[0].best == whole.best
    assert longer[0].stopped == whole.stopped


def test_a_cohort_that_is_cut_again_and_earlier_keeps_what_it_had(experiment: Path) -> None:
    short, again = lives(
        experiment, ["training.patience=0", "training.epochs=9"], ["study.minutes=0.6"], ["study.minutes=0.7"]
    )
    assert [record.cut for record in short[1]] == [True] * 3
    assert outcomes(again[1]) == outcomes(short[1])
    assert again[0].best == short[0].best


def test_a_target_ends_the_sweep_again_where_it_ended_it(experiment: Path, swept: SweepResult) -> None:
    assert swept.best is not None
    target = [f"study.target={swept.best.value + 1e-6}", "study.trials=30"]
    first, again = lives(experiment, target, [], [])
    for result, records in (first, again):
        assert (
            result.stopped
            == f"target = {swept.best.value + 1e-6:g}: trial {swept.best.trial} reached {swept.best.value:.4f}"
        )
        assert len(records) == 3 * (1 + swept.best.trial // 3)
    assert outcomes(first[1]) == outcomes(again[1])


@pytest.mark.slow
def test_time_and_reason_are_in_the_store_and_a_longer_budget_goes_on(
    experiment: Path, swept: SweepResult, store_uri: str
) -> None:
    short = sweep(experiment, minutes=0.01, tracking_uri=store_uri)
    store = MlflowStore(store_uri)
    summary = store.summary("small")
    assert short.stopped.startswith("minutes = 0.01: ")
    assert (summary.stopped, summary.minutes, summary.state) == (short.stopped, 0.01, "FINISHED")
    assert summary.worked == pytest.approx(short.worked, abs=0.5)
    assert summary.complete < 6
    longer = resume("small", minutes=5, tracking_uri=store_uri)
    summary = store.summary("small")
    assert (longer.trials, longer.best and longer.best.value) == (swept.trials, swept.best and swept.best.value)
    assert (summary.stopped, summary.minutes) == ("trials = 6: all were made", 5)
    assert summary.worked is not None
    assert summary.worked > short.worked
    assert resume("small", minutes=1, tracking_uri=store_uri).worked > summary.worked
    assert store.header("small").minutes == 5
