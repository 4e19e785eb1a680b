"""Stopping rules of a sweep beside its number of trials: time, target, and no expected improvement."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from recsys.evaluation.metrics.metric import Metric
from recsys.studies.regret import CONFIDENCE, regret_bound
from recsys.studies.study import StudySettings
from recsys.training.trial import Result, Trial, TrialState

SPARED = 5.0
"""Seconds of a budget that may stay unused, so that no cohort starts that would be cut."""
LISTENING = 2.0
"""Seconds between two checks whether somebody has asked the sweep to end."""
ASKED = "recsys stop: somebody asked it to end"


class Stops:
    """The budgets of a sweep and their use; the first one used up ends the sweep and is its `reason`.

    Args:
        settings: What ends the sweep.
        metric: The objective.
        parameters: How many parameters are searched.
        clock: Counts the seconds of work.
        asked: Returns whether somebody has asked the sweep to end.
    """

    def __init__(
        self,
        settings: StudySettings,
        metric: Metric,
        parameters: int,
        clock: WorkClock,
        asked: Callable[[], bool] = lambda: False,
    ) -> None:
        self.settings, self.metric, self.parameters, self.clock, self.asked = settings, metric, parameters, clock, asked
        self.reason = ""
        """Why the sweep ends; empty before."""
        self._listened = clock.seconds
        self.regret: float | None = None
        """An upper bound of the possible improvement; None without `stop_when_flat`, or before it is known."""
        self._values: dict[int, float] = {}
        self._ended: set[int] = set()
        self._begun: dict[int, float] = {}
        self._quickest = 0.0

    @property
    def watched(self) -> bool:
        """Whether the sweep may have to end while cohorts are being trained."""
        settings = self.settings
        return any(each is not None for each in (settings.minutes, settings.target, settings.stop_when_flat))

    @property
    def over(self) -> bool:
        """Whether the sweep has to end."""
        if not self.reason and self._left <= 0:
            self.reason = f"minutes = {self.settings.minutes:g}: the time of work is up"
        if not self.reason and self._was_asked():
            self.reason = ASKED
        return bool(self.reason)

    def room(self) -> bool:
        """Whether there is time for another cohort: the time of the quickest so far, or more than `SPARED`."""
        if not self.over and self._left < min(self._quickest, SPARED):
            self.reason = (
                f"minutes = {self.settings.minutes:g}: {self._left:.1f} s were left, less than the quickest cohort has "
                f"taken, {self._quickest:.1f} s"
            )
        return not self.reason

    def begin(self, cohort: Sequence[Trial]) -> None:
        """Record the time at which a cohort starts."""
        self._begun[cohort[0].number] = self.clock.seconds

    def take(self, results: Sequence[Result]) -> None:
        """Take the results of a cohort, trained or recorded; they may end the sweep."""
        begun = self._begun.pop(results[0].trial.number, None)
        if begun is not None and all(result.state is TrialState.COMPLETE and not result.cut for result in results):
            self._quickest = min(self._quickest or math.inf, self.clock.seconds - begun)
        for result in results:
            self._ended.add(result.trial.number)
            if result.state is TrialState.COMPLETE:
                self._values[result.trial.number] = result.values[self.metric.name]
        if not self.reason:
            self.reason = self._target() or self._flat()

    def exhausted(self) -> bool:
        """Called when nothing is being trained or asked for; returns whether the study has no more points."""
        if self.reason:
            return False
        total = self.settings.trials
        made = len(self._ended) >= total
        self.reason = f"trials = {total}: " + ("all were made" if made else "no more points are left to try")
        return not made

    @property
    def _left(self) -> float:
        """Seconds that the sweep may still work."""
        return math.inf if self.settings.minutes is None else 60 * self.settings.minutes - self.clock.seconds

    def _was_asked(self) -> bool:
        """Whether somebody has asked the sweep to end; it checks every few seconds."""
        if self.clock.seconds < self._listened + LISTENING:
            return False
        self._listened = self.clock.seconds
        return self.asked()

    def _target(self) -> str:
        target = self.settings.target
        best = self._best()
        if target is None or best is None or self.metric.is_better(target, self._values[best]):
            return ""
        return f"target = {target:g}: trial {best} reached {self._values[best]:.4f}"

    def _flat(self) -> str:
        limit = self.settings.stop_when_flat
        best = self._best()
        if limit is None or best is None:
            return ""
        values = [self.metric.sort_key(value) for value in self._values.values()]
        self.regret = regret_bound(values, len(self._ended), self.parameters)
        if self.regret is None or self.regret > limit:
            return ""
        return (
            f"stop_when_flat = {limit:g}: with {CONFIDENCE:.0%} confidence no point is better than the best so far by "
            f"more than {self.regret:.2g}"
        )

    def _best(self) -> int | None:
        """The number of the best trial."""
        finite = {number: value for number, value in self._values.items() if math.isfinite(value)}
        return min(finite, key=lambda number: self.metric.sort_key(finite[number])) if finite else None


class WorkClock:
    """Counts the seconds of work of a sweep, without the time between an interruption and `resume`.

    Args:
        before: Seconds of work before the last interruption.
        now: Returns the time in seconds.
    """

    def __init__(self, before: float = 0.0, now: Callable[[], float] = time.monotonic) -> None:
        self._before, self._now = before, now
        self._started: float | None = None

    def start(self) -> None:
        """Start counting."""
        self._started = self._now()

    def stop(self) -> None:
        """Stop counting."""
        self._before, self._started = self.seconds, None

    @property
    def seconds(self) -> float:
        """Seconds of work so far."""
        return self._before + (0.0 if self._started is None else self._now() - self._started)
