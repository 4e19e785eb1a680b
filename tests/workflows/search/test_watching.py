"""Tests of watching a sweep through its store until it ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recsys.errors import NotFoundError
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.tracker import Header, Tracker
from recsys.training.trial import Result, Trial, TrialState
from recsys.workflows.search import watching
from recsys.workflows.search.progress import Progress

HEADER = Header("mf", "sweep", "", "d", "0", "f", {}, "rmse", "minimize", 3, 10, 3, 3)


@pytest.fixture
def sweep(store_uri: str, ratings: object) -> Tracker:
    tracker: Tracker = MlflowStore(store_uri).create_sweep(HEADER, ratings.catalogue)  # type: ignore[attr-defined]
    tracker.start([trial(number) for number in range(3)])
    return tracker


def trial(number: int) -> Trial:
    return Trial(number, {"l2": 0.1 * number}, number, 2)


def finish(tracker: Tracker, number: int, value: float) -> None:
    history = {"train_loss": [1.0, 1.0], "rmse": [value + 1, value]}
    tracker.finish(Result(trial(number), TrialState.COMPLETE, history, 1, {"rmse": value}, {}, 1.0))


def stepping(*steps: Callable[[], object]) -> tuple[Callable[[float], None], list[float]]:
    """What is done at each pause, and how long the pauses were to be."""
    left, pauses = list(steps), list[float]()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        left.pop(0)()

    return pause, pauses


def test_it_shows_what_is_new_until_the_sweep_ends(store_uri: str, sweep: Tracker) -> None:
    seen: list[tuple[int, float | None, float, str]] = []

    def watch(progress: Progress) -> None:
        best = progress.best and progress.best.values["rmse"]
        seen.append((progress.done, best, progress.worked, progress.stopped))

    def end() -> None:
        finish(sweep, 1, 0.8)
        sweep.mark(9.0, "minutes = 0.15: the time of work is up")
        sweep.close({}, finished=True)

    pause, pauses = stepping(lambda: finish(sweep, 0, 0.9), lambda: None, end)
    summary = watching.watch("mf", tracking_uri=store_uri, watch=watch, pause=pause)
    stopped = "minutes = 0.15: the time of work is up"
    assert seen == [(0, None, 0.0, ""), (1, 0.9, 0.0, ""), (2, 0.8, 9.0, stopped)]
    assert (summary.state, summary.complete, summary.stopped) == ("FINISHED", 2, stopped)
    assert min(pauses) >= watching.PAUSE


def test_once_is_once(store_uri: str, sweep: Tracker) -> None:
    pause, _ = stepping()
    finish(sweep, 0, 0.9)
    sweep.flush()
    summary = watching.watch("mf", once=True, tracking_uri=store_uri, pause=pause)
    assert (summary.state, summary.complete) == ("RUNNING", 1)


def test_silence_is_said_once_and_work_breaks_it(
    store_uri: str, sweep: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PAUSE", 20.0)
    said: list[str] = []
    quiet, works = (lambda: None), (lambda: sweep.mark(5.0))
    ends = lambda: sweep.close({}, finished=False)  # noqa: E731 - one step of several
    pause, _ = stepping(quiet, works, quiet, quiet, quiet, ends)
    summary = watching.watch("mf", tracking_uri=store_uri, reporter=said.append, pause=pause)
    assert summary.state == "KILLED"
    assert said == ["no sign of life of mf for 40 s: if it was killed, recsys resume mf goes on with it"]


def test_a_sweep_that_is_not_there_is_said_so(store_uri: str, sweep: Tracker) -> None:
    with pytest.raises(NotFoundError, match="did you mean mf"):
        watching.watch("mff", tracking_uri=store_uri)
