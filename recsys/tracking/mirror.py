"""A mirror: a second tracker, of the user's own class, that gets every trial of a sweep after the record has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, shown
from recsys.reporter import Reporter
from recsys.tracking.settings import TrackingSettings
from recsys.tracking.tracker import Header, Recorded, Tracker
from recsys.training.trial import Result, Trial

if TYPE_CHECKING:
    from recsys.data.ratings import Catalogue

METHODS = ("start", "finish", "mark", "records", "flush", "close")
"""What a class needs to be a tracker."""


def mirror_class(settings: TrackingSettings) -> Callable[..., Tracker]:
    """The class that `tracking.mirror` names.

    Raises:
        InputError: It cannot be imported, or is no tracker.
    """
    module, _, name = str(settings.mirror).partition(":")
    try:
        kind: Any = getattr(import_module(module), name)
    except Exception as error:
        raise InputError(f"tracking.mirror = {settings.mirror!r} cannot be imported: {_said(error)}") from error
    missing = [method for method in METHODS if not callable(getattr(kind, method, None))]
    if not isinstance(kind, type) or missing:
        raise InputError(
            f"tracking.mirror = {settings.mirror!r}: expected a class with the methods of "
            "recsys.tracking.tracker.Tracker" + (f"; it has no {', '.join(missing)}" if missing else "")
        )
    return kind


class Mirror:
    """A tracker of the user's own. Its first fault is reported and ends the mirror, not the sweep.

    Args:
        settings: Which class, and its further arguments.
        header: What is known of the sweep before its first trial.
        catalogue: All ids of its data.
        reporter: Gets a line when the mirror fails.

    Raises:
        InputError: The class cannot be imported, or its object cannot be made.
    """

    def __init__(self, settings: TrackingSettings, header: Header, catalogue: Catalogue, reporter: Reporter) -> None:
        self._name, self._sweep, self._reporter = settings.mirror, header.name, reporter
        try:
            kind, arguments = mirror_class(settings), settings.mirror_arguments or {}
            self._tracker: Tracker | None = kind(header, catalogue, **arguments)
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"tracking.mirror = {settings.mirror!r} cannot be made: {_said(error)}") from error

    def call(self, action: Callable[[Tracker], object]) -> None:
        """Let the mirror do something, unless it has failed before."""
        if self._tracker is None:
            return
        try:
            action(self._tracker)
        except Exception as error:  # noqa: BLE001 - a class of the user's own raises anything
            failed, self._tracker = self._tracker, None
            self._reporter(
                f"tracking.mirror = {self._name!r} failed: {_said(error)}; the sweep goes on without it, and "
                f"recsys resume {self._sweep} gives it the trials that it lacks"
            )
            with suppress(Exception):
                failed.close({}, finished=False)

    def catch_up(self, records: Iterable[Recorded], result_of: Callable[[Recorded], Result]) -> None:
        """Give the mirror the finished trials of a sweep that it lacks, or knows up to an earlier epoch only."""
        epochs: dict[int, int] = {}
        self.call(lambda tracker: epochs.update({each.number: _epochs(each) for each in tracker.records()}))
        for record in records:
            if self._tracker is not None and epochs.get(record.number, -1) < _epochs(record):
                self._give(result_of(record))

    def _give(self, result: Result) -> None:
        self.call(lambda tracker: tracker.start([result.trial]))
        self.call(lambda tracker: tracker.finish(result))


class MirroredTracker:
    """A tracker and its mirror: every call goes to the tracker, and to the mirror once the tracker is done.

    So the mirror has nothing that the record lacks, and a call that a tracker repeats after a `StoreError` reaches the
    mirror once.
    """

    def __init__(self, tracker: Tracker, mirror: Mirror) -> None:
        self.run_id = tracker.run_id
        self._tracker, self._mirror = tracker, mirror

    def start(self, trials: Sequence[Trial]) -> None:
        """Create a run for each trial."""
        self._tracker.start(trials)
        self._mirror.call(lambda mirror: mirror.start(trials))

    def finish(self, result: Result) -> None:
        """Close the trial's run."""
        self._tracker.finish(result)
        self._mirror.call(lambda mirror: mirror.finish(result))

    def mark(self, worked: float, stopped: str = "") -> None:
        """Remember the seconds of work, and why the sweep ended."""
        self._tracker.mark(worked, stopped)
        self._mirror.call(lambda mirror: mirror.mark(worked, stopped))

    def records(self) -> list[Recorded]:
        """What the tracker, not the mirror, remembers of every trial."""
        return self._tracker.records()

    def flush(self) -> None:
        """Wait until everything given so far is written."""
        self._tracker.flush()
        self._mirror.call(lambda mirror: mirror.flush())

    def close(
        self, importances: Mapping[str, float], *, finished: bool, extras: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        """End the sweep's run."""
        self._tracker.close(importances, finished=finished, extras=extras)
        self._mirror.call(lambda mirror: mirror.close(importances, finished=finished, extras=extras))


def _epochs(record: Recorded) -> int:
    """Epochs of a finished trial; -1 of any other."""
    return -1 if record.finished is None else len(record.finished.history)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {shown(error, 200)}"
