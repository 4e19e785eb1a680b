"""An executor with worker processes on this machine, which share its cores."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from recsys.errors import InputError, RecsysError
from recsys.execution.executor import NO_SNAPSHOTS, Cohort, Snapshots, Task
from recsys.execution.jobs import Job, JobQueue
from recsys.execution.worker import start_worker
from recsys.training.trial import Result

if TYPE_CHECKING:
    from recsys.training.cohort import Report

_STARTS = 3
"""The number of consecutive workers that may end before they are ready; then the sweep ends."""


@dataclass
class _Worker:
    process: subprocess.Popen[bytes]
    connection: Connection
    job: Job | None = None
    ready: bool = False


class ProcessExecutor:
    """Trains cohorts in `workers` processes. A worker that dies is replaced, and its cohort runs again.

    If no worker starts, no trial fails: the sweep ends with an error and can be resumed.

    Args:
        task: The sweep.
        workers: The number of processes.
        cores: The threads of each process; by default an equal share of the machine's cores.
        report: Decides after every epoch which trials stop early, by pruning or lack of time.
    """

    in_order = False

    def __init__(self, task: Task, workers: int, cores: int | None = None, report: Report | None = None) -> None:
        self.width, self._task, self._report = workers, task, report
        self._cores = cores or max(1, (os.cpu_count() or 1) // workers)
        self._jobs, self._failed_starts = JobQueue(), 0
        self._workers = [self._start_worker() for _ in range(workers)]

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        """Submit a cohort; see `Executor.submit`."""
        self._jobs.submit(cohort, snapshots)
        self._dispatch()

    def next(self) -> list[Result]:
        """Wait for results; see `Executor.next`."""
        while (results := self._jobs.finished()) is None:
            for worker in self._ready_workers():
                self._receive(worker)
            self._dispatch()
        return results

    def _dispatch(self) -> None:
        """Send a job to every idle worker."""
        for place, worker in enumerate(self._workers):
            if worker.job is None and (job := self._jobs.take()):
                try:
                    worker.connection.send((job.trials, job.snapshots, self._report is not None))
                    worker.job = job
                except OSError:  # the worker died while idle
                    self._jobs.requeue(job)
                    self._workers[place] = self._start_worker()

    def _ready_workers(self) -> list[_Worker]:
        busy = {worker.connection: worker for worker in self._workers if worker.job is not None}
        return [busy[connection] for connection in wait(list(busy), 1.0)]  # type: ignore[index]  # all of them are connections

    def _receive(self, worker: _Worker) -> None:
        job = worker.job
        if job is None:
            return
        try:
            kind, content = worker.connection.recv()
            if kind == "report" and self._report:
                worker.connection.send(self._report(*content))
                return
        except (EOFError, OSError):
            self._replace(worker, job)
            return
        if kind == "ready":
            worker.ready, self._failed_starts = True, 0
            return
        if kind == "error":
            raise InputError(content)
        worker.job = None
        self._jobs.finish(job, content)

    def _replace(self, worker: _Worker, job: Job) -> None:
        """Replace a worker that died during a job or before it started one."""
        code = worker.process.wait()
        if worker.ready:
            self._jobs.requeue_after_death(job, f"with exit code {code}")
        else:
            self._count_failed_start(code)
            self._jobs.requeue(job)
        self._workers[self._workers.index(worker)] = self._start_worker()

    def _count_failed_start(self, code: int) -> None:
        self._failed_starts += 1
        if self._failed_starts == _STARTS:
            raise RecsysError(
                f"no worker process starts: {_STARTS} in a row ended before they were ready, the last with exit code "
                f"{code}; see their output above. Without --workers, cohorts are trained in this process"
            )

    def _start_worker(self) -> _Worker:
        while True:
            process, connection = start_worker()
            try:
                connection.send((self._task, self._cores, os.getpid()))
            except OSError:  # it ended before it had read the task
                self._count_failed_start(process.wait())
                continue
            return _Worker(process, connection)

    @property
    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.process.pid for worker in self._workers]

    def close(self) -> None:
        """Kill the workers. A resumed sweep runs their unfinished cohorts again."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.wait()
