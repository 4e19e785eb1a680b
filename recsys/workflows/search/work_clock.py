"""The clock of a sweep: seconds of work in all its lives, of which downtime is none."""

from __future__ import annotations

import time
from collections.abc import Callable


class WorkClock:
    """Counts on from what earlier lives have worked, once it is started.

    Args:
        before: Seconds that earlier lives have worked.
        now: Tells the time, in seconds from any moment on.
    """

    def __init__(self, before: float = 0.0, now: Callable[[], float] = time.monotonic) -> None:
        self._before, self._now = before, now
        self._started: float | None = None

    def start(self) -> None:
        """Work begins."""
        self._started = self._now()

    def stop(self) -> None:
        """Work has ended."""
        self._before, self._started = self.seconds, None

    @property
    def seconds(self) -> float:
        """Worked so far."""
        return self._before + (0.0 if self._started is None else self._now() - self._started)
