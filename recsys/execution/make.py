"""Where cohorts are to be trained, and the executor for it.

It is a matter of the machine at hand, and so not of the experiment file. Nothing heavy is imported before an executor
is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys.cores import cores
from recsys.errors import InputError

if TYPE_CHECKING:
    from recsys.execution.executor import Executor, Task
    from recsys.training.cohort import Report

MOST_THREADS = 4
"""More would wait for the interpreter, and a batch of the usual size has no more cohorts."""


@dataclass(frozen=True)
class Execution:
    """Where cohorts are trained."""

    executor: str = "local"
    """Which, of `EXECUTORS`."""
    workers: int | None = None
    """How many processes train cohorts, each one at a time. None: this one alone, a cohort on each core where cohorts
    do not have to know of each other; on Ray as many as there is room for."""
    cpus: float | None = None
    """Of a worker: its threads on this machine, whose cores are divided by default; on Ray what it reserves, 1."""
    gpus: float = 0
    """Ray: GPUs that a worker reserves; a fraction shares one."""
    address: str | None = None
    """Ray: the cluster's; None starts one on this machine."""

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError(f"workers = {self.workers}: expected 1 or more")
        if self.executor not in EXECUTORS:
            raise InputError(f"executor = {self.executor!r}: there are {', '.join(EXECUTORS)}")
        if self.executor != "local":
            return
        if self.address is not None:
            raise InputError("--address names a Ray cluster and goes with --executor ray")
        if self.gpus:
            raise InputError("--gpus-per-worker goes with --executor ray; here a GPU is used as TensorFlow finds it")
        if self.cpus is not None and not (self.cpus >= 1 and float(self.cpus).is_integer()):
            raise InputError(f"--cpus-per-worker {self.cpus:g}: expected whole threads, except with --executor ray")


def make_executor(
    task: Task, execution: Execution, report: Report | None = None, *, side_by_side: bool = False
) -> Executor:
    """The executor for a sweep.

    Args:
        task: The sweep, as a worker knows it.
        execution: Where it is trained.
        report: Who ends trials before their last epoch, by pruning or for want of time.
        side_by_side: Whether cohorts may be trained in threads of this process, where nothing else is asked for.

    Raises:
        InputError: There are no such workers.
    """
    if side_by_side and execution == IN_PROCESS and (threads := _threads()) > 1:
        from recsys.execution.threads import ThreadExecutor

        return ThreadExecutor(task, threads, report)
    return EXECUTORS[execution.executor](task, execution, report)


def _threads() -> int:
    """How many cohorts this process can train side by side: one where there is a GPU, which is one device."""
    import tensorflow as tf

    return 1 if tf.config.list_physical_devices("GPU") else min(cores(), MOST_THREADS)


def _local(task: Task, execution: Execution, report: Report | None) -> Executor:
    if execution.cpus is None and (execution.workers or 1) == 1:
        from recsys.execution.executor import LocalExecutor

        return LocalExecutor(task, report)
    from recsys.execution.processes import ProcessExecutor

    return ProcessExecutor(task, execution.workers or 1, int(execution.cpus) if execution.cpus else None, report)


def _ray(task: Task, execution: Execution, report: Report | None) -> Executor:
    from recsys.execution.ray_cluster import RayExecutor

    cpus = 1 if execution.cpus is None else execution.cpus
    return RayExecutor(task, execution.address, execution.workers, cpus, execution.gpus, report)


EXECUTORS: Mapping[str, Callable[[Task, Execution, Report | None], Executor]] = {"local": _local, "ray": _ray}
"""By the name that `--executor` has for each."""
IN_PROCESS = Execution()
"""In this process."""
