"""A tracker that writes in a background thread, while the next cohort trains."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from queue import Empty, Queue
from types import MappingProxyType

from recsys.errors import RecsysError, StoreError
from recsys.tracking.tracker import Recorded, Tracker
from recsys.training.trial import Result, Trial

Action = Callable[[], None]
BEAT = 2.0
"""Seconds between two marks of the time worked; a `kill -9` loses at most as much of it."""


class BackgroundTracker:
    """A tracker behind a bounded queue and one thread, which makes the calls in their order.

    An error is raised at the next call. After an error nothing more is written, so the record has no gap: a sweep that
    is resumed trains the missing trials again.

    Args:
        tracker: The tracker that writes.
        capacity: How many calls may wait. A further call blocks, which bounds the memory that results take.
        patience: Seconds for which a store that does not answer is tried again.
        worked: Returns the seconds that the sweep has worked; they are marked every two seconds.
    """

    def __init__(
        self,
        tracker: Tracker,
        capacity: int = 64,
        patience: float = 60.0,
        worked: Callable[[], float] | None = None,
    ) -> None:
        self.run_id = tracker.run_id
        self._tracker = tracker
        self._patience = patience
        self._worked, self._marked = worked, time.monotonic()
        self._queue: Queue[Action | None] = Queue(capacity)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="tracking", daemon=True)
        self._thread.start()
        atexit.register(self._stop)

    def start(self, trials: Sequence[Trial]) -> None:
        """Queue: create a run for each trial."""
        self._put(lambda: self._tracker.start(trials))

    def finish(self, result: Result) -> None:
        """Queue: close the trial's run."""
        self._put(lambda: self._tracker.finish(result))

    def mark(self, worked: float, stopped: str = "") -> None:
        """Queue: record the time worked and why the sweep ended; no later mark replaces them."""
        self._worked = None
        self._put(lambda: self._tracker.mark(worked, stopped))

    def records(self) -> list[Recorded]:
        """The records of all trials, by number, after all queued calls were made."""
        self.flush()
        return self._tracker.records()

    def flush(self) -> None:
        """Wait until all queued calls were made; raise the error of the first that failed."""
        self._queue.join()
        self._check()
        self._tracker.flush()

    def close(
        self, importances: Mapping[str, float], *, finished: bool, extras: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        """Make the queued calls, then end the sweep's run; after an error as one to be resumed."""
        self._stop()
        if self._error is not None:
            with suppress(RecsysError):
                self._tracker.close({}, finished=False)
        self._check()
        self._patiently(lambda: self._tracker.close(importances, finished=finished, extras=extras))

    def _put(self, action: Action) -> None:
        self._check()
        self._queue.put(action)

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _stop(self) -> None:
        atexit.unregister(self._stop)
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        while True:
            with suppress(Empty):
                action = self._queue.get(timeout=BEAT)
                if action is None:
                    break
                self._do(action)
                self._queue.task_done()
            self._beat()
        self._queue.task_done()

    def _do(self, action: Action) -> None:
        try:
            if self._error is None:
                self._patiently(action)
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            self._error = error

    def _beat(self) -> None:
        worked = self._worked
        if worked is None or self._error is not None or time.monotonic() < self._marked + BEAT:
            return
        with suppress(RecsysError):  # a later mark replaces this one, so a store that fails may miss it
            self._tracker.mark(worked())
        self._marked = time.monotonic()

    def _patiently(self, action: Action) -> None:
        deadline, pause = time.monotonic() + self._patience, 0.1
        while True:
            try:
                return action()
            except StoreError:
                if time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, 5.0)
