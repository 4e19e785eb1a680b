"""The queue of cohorts for workers, and the handling of workers that die."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from recsys.execution.executor import Cohort, Snapshots
from recsys.training.trial import Result, Trial, TrialState

_DEATHS = 2
"""The number of workers that a job may crash before it is halved."""


@dataclass
class Job:
    """A cohort, or a part of one, for one worker."""

    cohort: int
    trials: list[Trial]
    snapshots: Snapshots
    deaths: int = 0


class JobQueue:
    """The submitted cohorts: waiting, taken by a worker, or finished.

    A job whose worker died runs again. A job that crashes several workers, as one that needs too much memory does, is
    halved; a single trial that does so fails.
    """

    def __init__(self) -> None:
        self._cohorts: dict[int, Cohort] = {}
        self._results: dict[int, dict[int, Result]] = {}
        self._waiting: deque[Job] = deque()
        self._finished: deque[list[Result]] = deque()
        self._submitted = 0

    def submit(self, cohort: Cohort, snapshots: Snapshots) -> None:
        """Add a cohort to the queue, with the snapshots of its trials."""
        own = {trial.number: snapshots[trial.number] for trial in cohort if trial.number in snapshots}
        self._cohorts[self._submitted], self._results[self._submitted] = cohort, {}
        self._waiting.append(Job(self._submitted, list(cohort), own))
        self._submitted += 1

    def take(self) -> Job | None:
        """The next job for a worker; None if no job waits."""
        return self._waiting.popleft() if self._waiting else None

    def requeue(self, job: Job) -> None:
        """Run a job again that was lost without having crashed its worker."""
        self._waiting.appendleft(job)

    def requeue_after_death(self, job: Job, reason: str) -> None:
        """Run a job again whose worker died, in halves after repeated deaths; fail a single trial."""
        job.deaths += 1
        if job.deaths < _DEATHS:
            self.requeue(job)
        elif len(job.trials) > 1:
            half = len(job.trials) // 2
            for part in (job.trials[half:], job.trials[:half]):
                self.requeue(Job(job.cohort, part, job.snapshots))
        else:
            trial = job.trials[0]
            why = f"its worker died {job.deaths} times, the last time {reason}"
            self.finish(job, [Result(trial, TrialState.FAILED, {}, 0, {}, {}, 0.0, why)])

    def finish(self, job: Job, results: list[Result]) -> None:
        """Take the results of a job; a cohort is finished with its last job."""
        cohort, done = self._cohorts[job.cohort], self._results[job.cohort]
        done.update((result.trial.number, result) for result in results)
        if len(done) == len(cohort):
            self._finished.append([done[trial.number] for trial in cohort])
            del self._cohorts[job.cohort], self._results[job.cohort]

    def finished(self) -> list[Result] | None:
        """Return the results of a finished cohort, in the order of its trials, once; None if no cohort has finished."""
        return self._finished.popleft() if self._finished else None
