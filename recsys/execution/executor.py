"""The protocol of executors, and the executor that trains in this process.

The coordinator alone owns the study and the tracking. An executor receives cohorts and returns their results.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Snapshot, Trial

if TYPE_CHECKING:  # a worker imports this file before it configures TensorFlow
    from recsys.training.cohort import Report, Trainer

Cohort = Sequence[Trial]
Snapshots = Mapping[int, Snapshot]
NO_SNAPSHOTS: Snapshots = MappingProxyType({})


@dataclass(frozen=True)
class Task:
    """What a worker needs of a sweep: train and validation, and never a test rating."""

    model: ModelSettings
    data: TrainingData
    training: TrainingSettings
    objective: ObjectiveSettings
    resumable: bool
    """Whether results include a snapshot, from which the trial can continue."""

    def trainer(self) -> Trainer:
        """Make the trainer of this sweep; imports TensorFlow."""
        from recsys.training.cohort import Trainer

        return Trainer(self.model, self.data, self.training, self.objective)


class Executor(Protocol):
    """Trains cohorts. With a `report`, it asks after every epoch which trials continue."""

    width: int
    """The number of cohorts that it trains at once."""
    in_order: bool
    """Whether the study receives the results of a batch in the order of its cohorts, which makes a sweep a function of
    its seed. Otherwise it receives them as they finish, so that no worker waits for the slowest cohort."""

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        """Submit a cohort for training.

        Args:
            cohort: The trials of the cohort.
            snapshots: The snapshots of trials that continue, keyed by trial number.
        """
        ...

    def next(self) -> list[Result]:
        """Wait for the next submitted cohort to finish, and return its results in the order of its trials."""
        ...

    def close(self) -> None:
        """Release the workers, without waiting for cohorts."""
        ...


class LocalExecutor:
    """Trains one cohort after the other in this process, in `next`."""

    width, in_order = 1, True

    def __init__(self, task: Task, report: Report | None = None) -> None:
        self._task, self._trainer, self._report = task, task.trainer(), report
        self._waiting: deque[tuple[Cohort, Snapshots]] = deque()

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        """Submit a cohort; see `Executor.submit`."""
        self._waiting.append((cohort, snapshots))

    def next(self) -> list[Result]:
        """Wait for results; see `Executor.next`."""
        cohort, snapshots = self._waiting.popleft()
        return self._trainer.train(cohort, self._report, snapshots, resumable=self._task.resumable)

    def close(self) -> None:
        """Do nothing, as there are no workers."""
