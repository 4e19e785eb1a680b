"""Options of execution, and the executor that they describe.

They depend on the machine, and so are not part of the experiment file. Heavy modules are imported only when an executor
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
"""More threads would wait for the interpreter, and a usual batch has no more cohorts."""


@dataclass(frozen=True)
class Execution:
    """Where and with which resources cohorts are trained."""

    executor: str = "local"
    """The name of the executor, a key of `EXECUTORS`."""
    workers: int | None = None
    """The number of processes, each of which trains one cohort at a time. None trains in this process, with a cohort on
    each core if trials are independent; on Ray it means as many workers as the cluster has room for."""
    cpus: float | None = None
    """The threads of a local worker, by default an equal share of the cores; on Ray the reserved CPUs, by default 1."""
    gpus: float = 0
    """The GPUs that a Ray worker reserves; a fraction shares one."""
    address: str | None = None
    """The address of the Ray cluster; None starts one on this machine."""

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
    """Make the executor of a sweep.

    Args:
        task: The sweep, as a worker knows it.
        execution: The executor and its resources.
        report: Decides after every epoch which trials stop early, by pruning or lack of time.
        side_by_side: Whether cohorts may be trained in threads of this process, with default options.

    Raises:
        InputError: The executor is not available.
    """
    if side_by_side and execution == IN_PROCESS and (threads := _threads()) > 1:
        from recsys.execution.threads import ThreadExecutor

        return ThreadExecutor(task, threads, report)
    return EXECUTORS[execution.executor](task, execution, report)


def _threads() -> int:
    """The number of cohorts that this process trains at once: one with a GPU, which is a single device."""
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
"""The executors, keyed by their names in `--executor`."""
IN_PROCESS = Execution()
"""Execution in this process, the default."""
