"""Workers on a Ray cluster: the same cohorts, as Ray tasks."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, RecsysError
from recsys.execution.executor import NO_SNAPSHOTS, Cohort, Snapshots, Task, failed, own_snapshots, train
from recsys.training.trial import Result

if TYPE_CHECKING:
    from recsys.training.cohort import Report, Trainer

_trainers: dict[str, Trainer] = {}


class RayExecutor:
    """Trains every cohort as a task of a Ray cluster.

    The data go through the object store once. A task whose worker or node is lost runs again elsewhere.

    Args:
        task: The sweep.
        address: The cluster's, `auto` for the one this machine belongs to; None starts one on this machine.
        cpus: CPUs that a task reserves.
        gpus: GPUs that a task reserves; a fraction shares one among tasks.

    Raises:
        InputError: Ray is not installed, or there is no such cluster.
    """

    def __init__(self, task: Task, address: str | None = None, cpus: float = 1, gpus: float = 0) -> None:
        try:
            import ray
        except ImportError:
            raise InputError("--executor ray needs the extra: pip install 'recsys[ray]'") from None
        self._ray = ray
        if not ray.is_initialized():
            try:
                ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False, include_dashboard=False)
            except (ConnectionError, ValueError) as error:
                raise InputError(f"--address {address}: there is no Ray cluster ({type(error).__name__})") from error
        self._task = ray.put(task)
        self._key = self._task.hex()
        available = ray.cluster_resources().get("CPU", 1)  # type: ignore[no-untyped-call]
        self.width = max(1, int(available // max(cpus, 1e-9)))
        # a lost worker is no fault of the cohort's, so it runs again as often as it takes
        self._train = ray.remote(num_cpus=cpus, num_gpus=gpus, max_retries=-1)(_train_remotely)

    def run(
        self, cohorts: Sequence[Cohort], report: Report | None, snapshots: Snapshots = NO_SNAPSHOTS
    ) -> Iterator[list[Result]]:
        """See the protocol; nobody can be asked from a cluster, so a study that prunes is refused.

        Raises:
            InputError: The study prunes.
        """
        if report is not None:
            raise InputError("--executor ray cannot ask a pruner after every epoch; set study.pruner = 'none'")
        tasks = [
            self._train.remote(self._key, self._task, list(cohort), own_snapshots(cohort, snapshots))
            for cohort in cohorts
        ]
        for cohort, reference in zip(cohorts, tasks, strict=True):
            yield self._results(cohort, reference)

    def _results(self, cohort: Cohort, reference: Any) -> list[Result]:
        try:
            results: list[Result] = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            return [failed(trial, f"its Ray task failed: {str(error.cause).splitlines()[0][:500]}") for trial in cohort]
        except self._ray.exceptions.RayError as error:
            raise RecsysError(f"the Ray cluster was lost ({type(error).__name__})") from error
        return results

    def close(self) -> None:
        """Leave the cluster; tasks under way end with the job."""
        self._ray.shutdown()


def _train_remotely(key: str, task: Task, cohort: Cohort, snapshots: Snapshots) -> list[Result]:
    """Train a cohort in a Ray worker, which keeps its compiled programs for the next cohort of the sweep."""
    if key not in _trainers:
        _trainers.clear()
        _trainers[key] = task.trainer()
    return train(_trainers[key], task, cohort, None, snapshots)
