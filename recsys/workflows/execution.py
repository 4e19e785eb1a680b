"""Where a sweep trains its cohorts: a matter of the machine at hand, and so not of the experiment file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from recsys.errors import InputError
from recsys.workflows.prepare import Prepared

if TYPE_CHECKING:
    from recsys.execution.executor import Executor, Task


@dataclass(frozen=True)
class Execution:
    """Where cohorts are trained."""

    executor: Literal["local", "ray"] = "local"
    workers: int = 1
    """Processes on this machine, the cores divided among them; 1 trains in this one."""
    address: str | None = None
    """Ray: the cluster's; None starts one on this machine."""
    cpus: float = 1
    """Ray: CPUs that a cohort reserves."""
    gpus: float = 0
    """Ray: GPUs that a cohort reserves; a fraction shares one."""

    def __post_init__(self) -> None:
        if self.executor == "ray" and self.workers != 1:
            raise InputError("--workers is for processes on this machine; a Ray cluster's size is its own")
        if self.executor == "local" and self.address is not None:
            raise InputError("--address names a Ray cluster and goes with --executor ray")


HERE = Execution()
"""In this process."""


def make_executor(prepared: Prepared, execution: Execution) -> Executor:
    """The executor of a sweep."""
    task = _task(prepared)
    if execution.executor == "ray":
        from recsys.execution.ray_cluster import RayExecutor

        return RayExecutor(task, execution.address, execution.cpus, execution.gpus)
    if execution.workers > 1:
        from recsys.execution.processes import ProcessExecutor

        return ProcessExecutor(task, execution.workers)
    from recsys.execution.executor import LocalExecutor

    return LocalExecutor(task)


def _task(prepared: Prepared) -> Task:
    from recsys.execution.executor import Task
    from recsys.training.data import TrainingData

    experiment, split = prepared.experiment, prepared.split
    continues = experiment.study.sampler == "hyperband" and experiment.study.engine == "keras_tuner"
    training = experiment.training
    if continues:  # Hyperband itself decides who stops when
        training = training.model_copy(update={"patience": 0})
    data = TrainingData(split.train, split.validation)
    return Task(experiment.model, data, training, experiment.objective, resumable=continues)
