"""Worker processes on this machine, with the cores divided among them."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, RecsysError
from recsys.execution.executor import NO_SNAPSHOTS, Cohort, Snapshots, Task
from recsys.execution.jobs import Job, Jobs
from recsys.execution.worker import start_tensorflow
from recsys.training.trial import Result, Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recsys.training.cohort import Report


@dataclass
class _Worker:
    process: Any
    connection: Connection
    job: Job | None = None


class ProcessExecutor:
    """Trains cohorts in `workers` processes. A worker that dies is replaced, and its cohort runs again.

    Args:
        task: The sweep.
        workers: How many processes.
        cores: Threads that each computes with; the machine's cores divided among them by default.
        report: Who ends trials before their last epoch, by pruning or for want of time.
    """

    in_order = False

    def __init__(self, task: Task, workers: int, cores: int | None = None, report: Report | None = None) -> None:
        self.width, self._task, self._report = workers, task, report
        self._cores = cores or max(1, (os.cpu_count() or 1) // workers)
        self._context = get_context("spawn")
        self._jobs = Jobs()
        self._workers = [self._hired() for _ in range(workers)]

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        """See the protocol."""
        self._jobs.submit(cohort, snapshots)
        self._send_out()

    def next(self) -> list[Result]:
        """See the protocol."""
        while (results := self._jobs.finished()) is None:
            for worker in self._heard():
                self._listen(worker)
            self._send_out()
        return results

    def _send_out(self) -> None:
        """Give every idle worker something to do."""
        for place, worker in enumerate(self._workers):
            if worker.job is None and (job := self._jobs.take()):
                try:
                    worker.connection.send((job.trials, job.snapshots, self._report is not None))
                    worker.job = job
                except OSError:  # it died while it was idle
                    self._jobs.put_back(job)
                    self._workers[place] = self._hired()

    def _heard(self) -> list[_Worker]:
        busy = {worker.connection: worker for worker in self._workers if worker.job is not None}
        return [busy[connection] for connection in wait(list(busy), 1.0)]  # type: ignore[index]  # these are waited for

    def _listen(self, worker: _Worker) -> None:
        job = worker.job
        if job is None:
            return
        try:
            kind, content = worker.connection.recv()
            if kind == "report" and self._report:
                worker.connection.send(self._report(*content))
                return
        except (EOFError, OSError):
            worker.process.join()
            self._workers[self._workers.index(worker)] = self._hired()
            self._jobs.bury(job, f"with exit code {worker.process.exitcode}")
            return
        if kind == "error":
            raise InputError(content)
        worker.job = None
        self._jobs.finish(job, content)

    def _hired(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._task, self._cores, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    @property
    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.process.pid for worker in self._workers]

    def close(self) -> None:
        """End the workers, whatever they are doing: what they have not handed back runs again on resuming."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()


def _work(connection: Connection, task: Task, cores: int, coordinator: int) -> None:
    """A worker's life: train what it is sent until the coordinator is gone."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # they reach the whole group of processes, and are the coordinator's
    threading.Thread(target=_leave_with, args=(coordinator,), daemon=True).start()
    start_tensorflow(cores)
    trainer = task.trainer()

    def ask(trials: Sequence[Trial], epoch: int, values: Sequence[Sequence[float]]) -> Any:
        connection.send(("report", (trials, epoch, values)))
        return connection.recv()

    try:
        while True:
            trials, snapshots, asks = connection.recv()
            try:
                results = trainer.train(trials, ask if asks else None, snapshots, resumable=task.resumable)
                connection.send(("results", results))
            except RecsysError as error:
                connection.send(("error", str(error)))
    except (EOFError, OSError):
        return


def _leave_with(coordinator: int) -> None:
    """End this process when the coordinator's has ended, even by `kill -9`."""
    while os.getppid() == coordinator:
        time.sleep(0.5)
    os._exit(1)
