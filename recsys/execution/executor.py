"""The contract of an executor, and the one that trains in this process.

The coordinator alone owns the study and the tracking; an executor is given cohorts and hands their results back.
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

if TYPE_CHECKING:  # a worker reads this file before it has set TensorFlow up
    from recsys.training.cohort import Report, Trainer

Cohort = Sequence[Trial]
Snapshots = Mapping[int, Snapshot]
NO_SNAPSHOTS: Snapshots = MappingProxyType({})


@dataclass(frozen=True)
class Task:
    """All that a worker has to know of a sweep; it holds train and validation, never a test rating."""

    model: ModelSettings
    data: TrainingData
    training: TrainingSettings
    objective: ObjectiveSettings
    resumable: bool
    """Give every result a snapshot, so that the study can go on with the trial."""

    def trainer(self) -> Trainer:
        """A trainer for this sweep; imports TensorFlow."""
        from recsys.training.cohort import Trainer

        return Trainer(self.model, self.data, self.training, self.objective)


class Executor(Protocol):
    """Trains cohorts, and asks its `report` after every epoch who is to go on, where there is one."""

    width: int
    """How many cohorts it trains at once."""
    in_order: bool
    """Whether the study is to hear of a batch as if its cohorts were trained one after the other, so that a sweep is a
    function of its seed; else of whichever is first, so that nobody waits for the slowest."""

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        """Have a cohort trained.

        Args:
            cohort: Its members.
            snapshots: Where each trial stands that does not start at epoch 0.
        """
        ...

    def next(self) -> list[Result]:
        """Wait for a submitted cohort to finish, whichever is first; its results, in the order of its trials."""
        ...

    def close(self) -> None:
        """Let go of workers, at once."""
        ...


class LocalExecutor:
    """Trains one cohort after the other in this process, each when its results are asked for."""

    width, in_order = 1, True

    def __init__(self, task: Task, report: Report | None = None) -> None:
        self._task, self._trainer, self._report = task, task.trainer(), report
        self._waiting: deque[tuple[Cohort, Snapshots]] = deque()

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:
        """See the protocol."""
        self._waiting.append((cohort, snapshots))

    def next(self) -> list[Result]:
        """See the protocol."""
        cohort, snapshots = self._waiting.popleft()
        return self._trainer.train(cohort, self._report, snapshots, resumable=self._task.resumable)

    def close(self) -> None:
        """There is nothing to let go of."""
