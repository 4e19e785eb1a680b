"""Where a sweep trains its cohorts: a matter of the machine at hand, and so not of the experiment file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from recsys.errors import InputError
from recsys.studies.study import Study
from recsys.training.trial import Trial
from recsys.workflows.prepare import Prepared

if TYPE_CHECKING:
    from recsys.execution.executor import Executor, Task
    from recsys.training.cohort import Report


@dataclass(frozen=True)
class Execution:
    """Where cohorts are trained."""

    executor: Literal["local", "ray"] = "local"
    workers: int | None = None
    """How many cohorts are trained at once: in this process by default; on Ray as many as there is room for."""
    cpus: float | None = None
    """Of a worker: its threads on this machine, whose cores are divided by default; on Ray what it reserves, 1."""
    gpus: float = 0
    """Ray: GPUs that a worker reserves; a fraction shares one."""
    address: str | None = None
    """Ray: the cluster's; None starts one on this machine."""

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError(f"workers = {self.workers}: expected 1 or more")
        if self.executor == "ray":
            return
        if self.address is not None:
            raise InputError("--address names a Ray cluster and goes with --executor ray")
        if self.gpus:
            raise InputError("--gpus-per-worker goes with --executor ray; here a GPU is used as TensorFlow finds it")
        if self.cpus is not None and not (self.cpus >= 1 and float(self.cpus).is_integer()):
            raise InputError(f"--cpus-per-worker {self.cpus:g}: expected whole threads, except with --executor ray")


HERE = Execution()
"""In this process."""


@contextmanager
def executing(prepared: Prepared, study: Study, execution: Execution) -> Iterator[Executor]:
    """An executor for a sweep, which lets go of its workers at the end."""
    executor = _executor(prepared, execution, _report_to(study) if prepared.experiment.study.prunes else None)
    try:
        yield executor
    finally:
        executor.close()


def _report_to(study: Study) -> Report:
    """The study's pruner as a cohort asks it: for all its members at once."""

    def report(trials: Sequence[Trial], epoch: int, values: Sequence[float]) -> Sequence[bool]:
        return [study.report(trial, epoch, value) for trial, value in zip(trials, values, strict=True)]

    return report


def _executor(prepared: Prepared, execution: Execution, report: Report | None) -> Executor:
    task = _task(prepared)
    if execution.executor == "ray":
        from recsys.execution.ray_cluster import RayExecutor

        cpus = 1 if execution.cpus is None else execution.cpus
        return RayExecutor(task, execution.address, execution.workers, cpus, execution.gpus, report)
    if execution.cpus is not None or (execution.workers or 1) > 1:
        from recsys.execution.processes import ProcessExecutor

        return ProcessExecutor(task, execution.workers or 1, int(execution.cpus) if execution.cpus else None, report)
    from recsys.execution.executor import LocalExecutor

    return LocalExecutor(task, report)


def _task(prepared: Prepared) -> Task:
    from recsys.execution.executor import Task
    from recsys.training.data import TrainingData

    experiment, split = prepared.experiment, prepared.split
    continues = experiment.study.continues
    training = experiment.training
    if continues:  # Hyperband itself decides who stops when
        training = training.model_copy(update={"patience": 0})
    data = TrainingData(split.train, split.validation)
    return Task(experiment.model, data, training, experiment.objective, resumable=continues)
