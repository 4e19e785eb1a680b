"""An executor on a Ray cluster, with a Ray task for each cohort."""

from __future__ import annotations

import logging
import os
import socket
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, RecsysError
from recsys.execution.executor import NO_SNAPSHOTS, Cohort, Snapshots, Task
from recsys.execution.jobs import Job, JobQueue
from recsys.execution.ray_report_actor import make_report_actor
from recsys.execution.worker import start_tensorflow
from recsys.training.trial import Result, Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recsys.training.cohort import Report, Trainer

_trainers: dict[str, Trainer] = {}


class RayExecutor:
    """Trains every cohort as a task of a Ray cluster.

    The data enter the object store once. A cohort whose node is lost runs again on another node, without a limit.

    Args:
        task: The sweep.
        address: The address of the cluster; `auto` is that of this machine, None starts one on this machine.
        workers: The number of cohorts trained at once; by default as many as the cluster has room for.
        cpus: The CPUs that a cohort reserves.
        gpus: The GPUs that a cohort reserves; a fraction shares one among cohorts.
        report: Decides after every epoch which trials stop early, by pruning or lack of time.

    Raises:
        InputError: Ray is not installed, there is no such cluster, or it has no room for a single cohort.
    """

    in_order = False

    def __init__(
        self,
        task: Task,
        address: str | None = None,
        workers: int | None = None,
        cpus: float = 1,
        gpus: float = 0,
        report: Report | None = None,
    ) -> None:
        self._ray, self._ours = _connected(address)
        self.width = workers or self._room({"CPU": cpus, "GPU": gpus})
        self._report, self._jobs = report, JobQueue()
        self._task = self._ray.put(task)
        self._actor = make_report_actor(self._ray) if report else None
        self._question = self._actor.question.remote() if self._actor else None
        # the job queue retries: Ray would retry a cohort that crashes every worker without end
        self._train = self._ray.remote(num_cpus=cpus, num_gpus=gpus, max_retries=0)(_train_cohort)
        self._threads = max(1, int(cpus))
        self._under_way: dict[Any, Job] = {}

    def _room(self, needed: dict[str, float]) -> int:
        there = self._ray.cluster_resources()
        room = int(min((there.get(name, 0) / amount for name, amount in needed.items() if amount), default=1))
        if not room:
            has = ", ".join(f"{there.get(name, 0):g} {name}" for name in needed)
            wants = ", ".join(f"{amount:g} {name}" for name, amount in needed.items() if amount)
            raise InputError(f"the Ray cluster has {has}: no room for a worker that reserves {wants}")
        return room

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        """Submit a cohort; see `Executor.submit`."""
        self._jobs.submit(cohort, snapshots)
        self._dispatch()

    def next(self) -> list[Result]:
        """Wait for results; see `Executor.next`.

        Raises:
            RecsysError: The cluster is lost, or its workers cannot train.
        """
        while (results := self._jobs.finished()) is None:
            questions = [self._question] if self._question else []
            ready, _ = self._ray.wait([*questions, *self._under_way])
            for reference in ready:
                if reference in self._under_way:
                    self._take(reference, self._under_way.pop(reference))
                else:
                    self._answer(reference)
            self._dispatch()
        return results

    def _dispatch(self) -> None:
        """Submit every job to Ray, which schedules them."""
        while job := self._jobs.take():
            arguments = (self._task.hex(), self._task, self._threads, job.trials, job.snapshots, self._actor)
            self._under_way[self._train.remote(*arguments)] = job

    def _take(self, reference: Any, job: Job) -> None:
        errors = self._ray.exceptions
        try:
            self._jobs.finish(job, self._ray.get(reference))
        except errors.NodeDiedError:
            self._jobs.requeue(job)
        except errors.WorkerCrashedError:
            self._jobs.requeue_after_death(job, "for an unknown reason")
        except errors.OutOfMemoryError:
            self._jobs.requeue_after_death(job, "for lack of memory")
        except errors.RayTaskError as error:
            kind = InputError if isinstance(error.cause, InputError) else RecsysError
            raise kind(f"a Ray worker cannot train: {type(error.cause).__name__}: {error.cause}") from None
        except errors.RayError as error:
            raise RecsysError(f"the Ray cluster was lost ({type(error).__name__})") from error

    def _answer(self, reference: Any) -> None:
        if self._actor is None or self._report is None:
            return
        try:
            question, asked = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            raise RecsysError(f"the Ray cluster was lost ({type(error).__name__})") from error
        self._actor.answer.remote(question, self._report(*asked))
        self._question = self._actor.question.remote()

    def close(self) -> None:
        """Disconnect from the cluster, which ends running tasks; cancel only the tasks on a connection of the user."""
        if self._ours:
            self._ray.shutdown()
            return
        for reference in self._under_way:
            self._ray.cancel(reference, force=True)
        if self._actor:
            self._ray.kill(self._actor)


def _connected(address: str | None) -> tuple[Any, bool]:
    """Connect to the cluster, and return Ray and whether this call connected."""
    own: dict[str, Any] = {}
    if address is None:  # a cluster of this machine that no other can join; Ray reads both on import
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        own["include_dashboard"] = False
    try:
        import ray
    except ImportError:
        raise InputError("--executor ray needs the extra: pip install 'recsweep[ray]'") from None
    if ray.is_initialized():
        return ray, False
    _check_reachable(address)
    try:
        ray.init(address=address or "local", logging_level=logging.ERROR, log_to_driver=False, **own)
    except (ConnectionError, ValueError) as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)[:200]
        raise InputError(f"--address {address}: there is no Ray cluster ({why})") from error
    return ray, True


def _check_reachable(address: str | None) -> None:
    """Check that the address accepts connections, which Ray itself would retry for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
    except OSError as error:
        raise InputError(f"--address {address}: there is no Ray cluster ({error.strerror or error})") from None


def _train_cohort(
    key: str, task: Task, threads: int, trials: Sequence[Trial], snapshots: Snapshots, actor: Any
) -> list[Result]:
    """Train a cohort in a Ray worker, which keeps compiled programs for the next cohort of the sweep."""
    import ray

    def ask(trials: Sequence[Trial], epoch: int, values: Sequence[Sequence[float]]) -> Any:
        return ray.get(actor.ask.remote(trials, epoch, values))

    if key not in _trainers:
        if not _trainers:
            start_tensorflow(threads)
        _trainers.clear()
        _trainers[key] = task.trainer()
    return _trainers[key].train(trials, ask if actor else None, snapshots, resumable=task.resumable)
