"""Tests of the writing thread: it keeps the order, has a bounded queue, retries, and reports every error."""

from __future__ import annotations

import threading
import time

import pytest
from tracking_samples import make_header, make_result, make_trial

from recsys.errors import StoreError
from recsys.tracking import background_tracker
from recsys.tracking.background_tracker import BackgroundTracker
from recsys.tracking.memory_tracker import MemoryTracker
from recsys.training.trial import Result


class Gated(MemoryTracker):
    """Finishes nothing before its gate opens, and fails the first `failures` times."""

    def __init__(self, failures: int = 0) -> None:
        super().__init__(make_header())
        self.gate, self.failures, self.order = threading.Event(), failures, list[int]()

    def finish(self, result: Result) -> None:
        self.gate.wait(10)
        if self.failures > 0:
            self.failures -= 1
            raise StoreError("the server is gone")
        self.order.append(result.trial.number)
        super().finish(result)


def begin(slow: Gated, trials: int, capacity: int = 64, patience: float = 60.0) -> BackgroundTracker:
    tracker = BackgroundTracker(slow, capacity, patience)
    tracker.start([make_trial(n) for n in range(trials)])
    return tracker


def test_finishing_does_not_wait_for_the_store_and_the_order_stays() -> None:
    slow = Gated()
    tracker = begin(slow, 5)
    for number in (3, 1, 4, 0, 2):
        tracker.finish(make_result(make_trial(number)))
    assert slow.order == []
    slow.gate.set()
    tracker.flush()
    assert slow.order == [3, 1, 4, 0, 2]


def test_no_more_results_wait_than_the_capacity() -> None:
    slow = Gated()
    tracker = begin(slow, 5, capacity=2)
    giver = threading.Thread(target=lambda: [tracker.finish(make_result(make_trial(n))) for n in range(5)])
    giver.start()
    giver.join(0.3)
    assert giver.is_alive()
    slow.gate.set()
    giver.join(5)
    tracker.close({}, finished=True)
    assert slow.order == [0, 1, 2, 3, 4]


def test_closing_writes_what_waits() -> None:
    slow = Gated()
    tracker = begin(slow, 3)
    for number in range(3):
        tracker.finish(make_result(make_trial(number)))
    threading.Timer(0.1, slow.gate.set).start()
    tracker.close({}, finished=False)
    assert (slow.order, slow.finished) == ([0, 1, 2], False)


def test_a_store_that_comes_back_is_waited_for() -> None:
    slow = Gated(failures=2)
    slow.gate.set()
    tracker = begin(slow, 1)
    tracker.finish(make_result(make_trial(0)))
    tracker.close({}, finished=True)
    assert slow.order == [0]


def test_a_store_that_stays_away_stops_the_sweep_without_a_hole_in_the_record() -> None:
    slow = Gated(failures=3)
    slow.gate.set()
    tracker = begin(slow, 2, patience=0.0)
    tracker.finish(make_result(make_trial(0)))
    with pytest.raises(StoreError, match="gone"):
        tracker.flush()
    with pytest.raises(StoreError, match="gone"):
        tracker.finish(make_result(make_trial(1)))
    started = time.monotonic()
    with pytest.raises(StoreError, match="gone"):
        tracker.close({}, finished=True)
    assert time.monotonic() - started < 5
    assert (slow.order, slow.finished) == ([], False)


def test_the_time_worked_is_marked_while_nothing_else_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_tracker, "BEAT", 0.02)
    slow = Gated()
    slow.gate.set()
    started = time.monotonic()
    tracker = BackgroundTracker(slow, worked=lambda: 100 + time.monotonic() - started)
    deadline = started + 10
    while slow.worked < 100.1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert slow.worked >= 100.1
    tracker.mark(7.0, "because")
    tracker.close({}, finished=True)
    assert (slow.worked, slow.stopped) == (7.0, "because")


def test_a_mark_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unmarked(Gated):
        def mark(self, worked: float, stopped: str = "") -> None:
            self.order.append(-1)
            raise StoreError("the server is gone")

    monkeypatch.setattr(background_tracker, "BEAT", 0.01)
    slow = Unmarked()
    slow.gate.set()
    tracker = BackgroundTracker(slow, worked=lambda: 1.0)
    deadline = time.monotonic() + 10
    while not slow.order and time.monotonic() < deadline:
        time.sleep(0.01)
    tracker.start([make_trial(0)])
    tracker.finish(make_result(make_trial(0)))
    tracker.close({}, finished=True)
    assert (set(slow.order), slow.finished) == ({-1, 0}, True)
