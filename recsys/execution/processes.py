"""Worker processes on this machine, with the cores divided among them."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, RecsysError
from recsys.execution.executor import (
    NO_SNAPSHOTS,
    Cohort,
    Snapshots,
    Task,
    failed,
    own_snapshots,
    train,
)
from recsys.quiet import without_stderr
from recsys.training.trial import Result, Trial

if TYPE_CHECKING:
    from recsys.training.cohort import Report

_DEATHS = 2
"""How often a cohort may take a worker down before it is halved."""


@dataclass
class _Job:
    """A cohort on its way; a place for each trial says where its result belongs."""

    place: int
    trials: list[Trial]
    deaths: int = 0


@dataclass
class _Worker:
    process: Any
    connection: Connection
    job: _Job | None = None


class ProcessExecutor:
    """Trains cohorts in `workers` processes.

    A worker that dies is replaced and its cohort runs again; a cohort that takes workers down again and again is
    halved, and a single trial that does so has failed.

    Args:
        task: The sweep.
        workers: How many processes.
    """

    def __init__(self, task: Task, workers: int) -> None:
        self.width, self._task = workers, task
        self._context = get_context("spawn")
        self._cores = max(1, (os.cpu_count() or 1) // workers)
        self._workers = [self._hired() for _ in range(workers)]

    def run(
        self, cohorts: Sequence[Cohort], report: Report | None, snapshots: Snapshots = NO_SNAPSHOTS
    ) -> Iterator[list[Result]]:
        """See the protocol."""
        waiting = deque(_Job(place, list(cohort)) for place, cohort in enumerate(cohorts))
        done: dict[int, dict[int, Result]] = {place: {} for place in range(len(cohorts))}
        for place, cohort in enumerate(cohorts):
            while len(done[place]) < len(cohort):
                self._send_out(waiting, report, snapshots)
                for worker in self._heard():
                    self._listen(worker, waiting, done, report)
            yield [done[place][trial.number] for trial in cohort]

    def _send_out(self, waiting: deque[_Job], report: Report | None, snapshots: Snapshots) -> None:
        """Give every idle worker something to do."""
        for place, worker in enumerate(self._workers):
            if worker.job is None and waiting:
                worker.job = waiting.popleft()
                order = (worker.job.trials, own_snapshots(worker.job.trials, snapshots), report is not None)
                try:
                    worker.connection.send(order)
                except OSError:  # it died while it was idle
                    waiting.appendleft(worker.job)
                    self._workers[place] = self._hired()

    def _heard(self) -> list[_Worker]:
        busy = {worker.connection: worker for worker in self._workers if worker.job is not None}
        return [busy[connection] for connection in wait(list(busy))]  # type: ignore[index]  # connections are waited for

    def _listen(
        self, worker: _Worker, waiting: deque[_Job], done: dict[int, dict[int, Result]], report: Report | None
    ) -> None:
        job = worker.job
        if job is None:
            return
        try:
            kind, content = worker.connection.recv()
            if kind == "report":
                worker.connection.send(report(*content) if report else True)
                return
        except (EOFError, OSError):
            self._bury(worker, job, waiting, done)
            return
        if kind == "error":
            raise InputError(content)
        worker.job = None
        done[job.place] |= {result.trial.number: result for result in content}

    def _bury(self, worker: _Worker, job: _Job, waiting: deque[_Job], done: dict[int, dict[int, Result]]) -> None:
        """Replace a dead worker; its cohort runs again, in halves where it has taken too many workers down."""
        worker.process.join()
        self._workers[self._workers.index(worker)] = self._hired()
        job.deaths += 1
        if job.deaths < _DEATHS:
            waiting.appendleft(job)
        elif len(job.trials) > 1:
            half = len(job.trials) // 2
            waiting.extendleft(_Job(job.place, part) for part in (job.trials[half:], job.trials[:half]))
        else:
            reason = (
                f"its worker process died {job.deaths} times, the last time with exit code {worker.process.exitcode}"
            )
            done[job.place][job.trials[0].number] = failed(job.trials[0], reason)

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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the coordinator's to deal with
    threading.Thread(target=_leave_with, args=(coordinator,), daemon=True).start()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with without_stderr():
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(cores)
        tf.config.threading.set_inter_op_parallelism_threads(cores)
        tf.config.list_physical_devices()
    tf.get_logger().setLevel("ERROR")
    gc.freeze()
    trainer = task.trainer()

    def ask(trial: Trial, epoch: int, value: float) -> bool:
        connection.send(("report", (trial, epoch, value)))
        return bool(connection.recv())

    try:
        while True:
            trials, snapshots, pruned = connection.recv()
            try:
                message: tuple[str, Any] = ("results", train(trainer, task, trials, ask if pruned else None, snapshots))
            except RecsysError as error:
                message = ("error", str(error))
            connection.send(message)
    except (EOFError, OSError):
        return


def _leave_with(coordinator: int) -> None:
    """End this process when the coordinator's has ended, even by `kill -9`."""
    while os.getppid() == coordinator:
        time.sleep(0.5)
    os._exit(1)
