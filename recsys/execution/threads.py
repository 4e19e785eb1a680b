"""An executor that trains cohorts in threads of this process."""

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
    """Trains cohorts in `threads` threads, which share the data. TensorFlow releases the interpreter while it computes.

    BLAS uses one thread until `close`. Its limit holds for the whole process, so concurrent cohorts must not change it.

    Args:
        task: The sweep.
        threads: The number of cohorts at once.
        report: Decides after every epoch which trials stop early; several threads call it.
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
        """Submit a cohort; see `Executor.submit`."""
        own = {trial.number: snapshots[trial.number] for trial in cohort if trial.number in snapshots}
        self._under_way.add(self._pool.submit(self._trained, cohort, own))

    def next(self) -> list[Result]:
        """Wait for results; see `Executor.next`."""
        done = next(iter(wait(self._under_way, return_when=FIRST_COMPLETED).done))
        self._under_way.remove(done)
        return done.result()

    def close(self) -> None:
        """End the threads; running cohorts end after their current epoch."""
        self._closing = True
        self._pool.shutdown(cancel_futures=True)
        self._blas.close()

    def _trained(self, cohort: Cohort, snapshots: Snapshots) -> list[Result]:
        return self._trainer.train(cohort, self._asked, snapshots, resumable=self._task.resumable)

    def _asked(
        self, trials: Sequence[Trial], epoch: int, values: Sequence[Sequence[float]]
    ) -> Sequence[TrialState | None]:
        if self._closing:
            return [TrialState.COMPLETE] * len(trials)  # the result is discarded
        return self._report(trials, epoch, values) if self._report else [None] * len(trials)


def _divide_cores(threads: int) -> None:
    """Limit each program of TensorFlow to its thread's share of the cores, which reduces waiting between threads.

    TensorFlow accepts the limit only before it computes anything in this process.
    """
    import tensorflow as tf

    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(max(1, cores() // threads))
