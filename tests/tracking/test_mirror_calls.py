"""Tests of the calls that a mirror receives, and of their times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tracking_samples import make_header, make_result, make_trial

from recsys.data.ratings import Catalogue
from recsys.errors import StoreError
from recsys.tracking.memory_tracker import MemoryTracker
from recsys.tracking.mirror import METHODS, Mirror, MirroredTracker
from recsys.tracking.settings import TrackingSettings

CALLED: list[str] = []
"""What the mirror of a test was called with, in order."""


class Noting(MemoryTracker):
    """Notes which of its methods is called."""

    def __getattribute__(self, name: str) -> Any:
        if name in METHODS:
            CALLED.append(name)
        return super().__getattribute__(name)


class Unreliable(MemoryTracker):
    """Its store answers every other call."""

    def __init__(self) -> None:
        super().__init__(make_header())
        self.answers = True

    def __getattribute__(self, name: str) -> Any:
        if name in METHODS:
            self.answers = not self.answers
            if not self.answers:
                raise StoreError("no answer")
        return super().__getattribute__(name)


def mirror_of(catalogue: Catalogue, kind: str, said: list[str]) -> Mirror:
    return Mirror(TrackingSettings(mirror=f"{__name__}:{kind}"), make_header(), catalogue, said.append)


def test_a_call_that_is_repeated_until_the_store_answers_reaches_the_mirror_once(catalogue: Catalogue) -> None:
    CALLED.clear()
    both = MirroredTracker(Unreliable(), mirror_of(catalogue, "Noting", []))
    calls: Mapping[str, Any] = {
        "start": lambda: both.start([make_trial(0)]),
        "finish": lambda: both.finish(make_result(make_trial(0))),
        "mark": lambda: both.mark(1.0),
        "flush": both.flush,
        "close": lambda: both.close({}, finished=True),
    }
    for call in calls.values():
        with pytest.raises(StoreError):
            call()
        call()
    assert list(calls) == CALLED


def test_a_mirror_is_given_the_ended_trials_that_it_lacks_or_knows_to_an_earlier_epoch_only(
    catalogue: Catalogue,
) -> None:
    mirror, full = mirror_of(catalogue, "Noting", []), MemoryTracker(make_header())
    known, longer, lost = (make_result(make_trial(number)) for number in range(3))
    shorter = make_result(make_trial(1), history={"rmse": [1.2]}, best_epoch=0)
    both = MirroredTracker(MemoryTracker(make_header()), mirror)
    both.start([known.trial, shorter.trial])
    both.finish(known)
    both.finish(shorter)
    full.start([make_trial(number) for number in range(4)])  # the last one has not ended
    for result in (known, longer, lost):
        full.finish(result)
    CALLED.clear()
    mirror.catch_up(full.records(), lambda record: (known, longer, lost)[record.number])
    assert CALLED == ["records", "start", "finish", "start", "finish"]
    CALLED.clear()
    mirror.catch_up(full.records(), lambda _record: pytest.fail("it has them all"))
    assert CALLED == ["records"]


class Failing(Noting):
    """Fails whenever a trial ends, and when it is closed."""

    def finish(self, result: object) -> None:
        raise ValueError("a fault of its own")

    def close(self, *_given: object, **_named: object) -> None:
        raise ValueError("another")


def test_a_mirror_that_has_failed_is_closed_and_called_no_more(catalogue: Catalogue) -> None:
    CALLED.clear()
    said: list[str] = []
    tracker = MemoryTracker(make_header())
    both = MirroredTracker(tracker, mirror_of(catalogue, "Failing", said))
    both.start([make_trial(0), make_trial(1)])
    for number in range(2):
        both.finish(make_result(make_trial(number)))
    both.close({}, finished=True)
    assert CALLED == ["start", "finish", "close"]
    assert [line.partition(";")[0] for line in said] == [
        f"tracking.mirror = '{__name__}:Failing' failed: ValueError: a fault of its own"
    ]
    assert tracker.finished
    assert all(record.finished for record in tracker.records())
