"""Cohorts side by side in this process, a thread each."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from recsys.algebra.threads import one_thread
from recsys.cores import cores
from recsys.execution.executor import NO_SNAPSHOTS, Cohort, Snapshots, Task
from recsys.training.trial import Result, Trial, TrialState

if TYPE_CHECKING:
    from recsys.training.cohort import Report


class ThreadExecutor:
    """Trains cohorts in `threads` threads, which share the data; TensorFlow leaves the interpreter while it computes.

    BLAS keeps to one thread from here to `close`: it has one limit for the whole process, which cohorts that set and
    give it back by turns would leave in disorder.

    Args:
        task: The sweep.
        threads: How many cohorts at once.
        report: Who ends trials before their last epoch; it is asked by several threads.
    """

    in_order = True

    def __init__(self, task: Task, threads: int, report: Report | None = None) -> None:
        _divide_cores(threads)
        self.width, self._task, self._trainer = threads, task, task.trainer()
        self._report, self._closing = report, False
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="cohort")
        self._under_way: set[Future[list[Result]]] = set()
        self._blas = ExitStack()
        self._blas.enter_context(one_thread())

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        """See the protocol."""
        own = {trial.number: snapshots[trial.number] for trial in cohort if trial.number in snapshots}
        self._under_way.add(self._pool.submit(self._trained, cohort, own))

    def next(self) -> list[Result]:
        """See the protocol."""
        done = next(iter(wait(self._under_way, return_when=FIRST_COMPLETED).done))
        self._under_way.remove(done)
        return done.result()

    def close(self) -> None:
        """End the threads; those that train do so after the epoch they are at."""
        self._closing = True
        self._pool.shutdown(cancel_futures=True)
        self._blas.close()

    def _trained(self, cohort: Cohort, snapshots: Snapshots) -> list[Result]:
        return self._trainer.train(cohort, self._asked, snapshots, resumable=self._task.resumable)

    def _asked(
        self, trials: Sequence[Trial], epoch: int, values: Sequence[Sequence[float]]
    ) -> Sequence[TrialState | None]:
        if self._closing:
            return [TrialState.COMPLETE] * len(trials)  # nobody takes the result
        return self._report(trials, epoch, values) if self._report else [None] * len(trials)


def _divide_cores(threads: int) -> None:
    """Let TensorFlow compute each program on its thread's share of the cores: less is spent on waiting for each other.

    It can be told so once in a process, before it computes anything; afterwards it stays as it is.
    """
    import tensorflow as tf

    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(max(1, cores() // threads))
