"""The contract of an executor, and the one that trains in this process.

The coordinator alone owns the study and the tracking; an executor is given cohorts and hands their results back, in the
order of the cohorts, whatever the order in which they were trained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.factory import ModelSettings
from recsys.training.data import TrainingData
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Snapshot, State, Trial

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
    """Trains cohorts."""

    width: int
    """How many cohorts it trains at once."""

    def run(
        self, cohorts: Sequence[Cohort], report: Report | None, snapshots: Snapshots = NO_SNAPSHOTS
    ) -> Iterator[list[Result]]:
        """The results of every cohort, in the order of the cohorts.

        Args:
            cohorts: What to train.
            report: Hears every member's objective after every epoch and may end the member; None where nobody prunes,
                so that nobody has to be asked.
            snapshots: Where each trial stands that does not start at epoch 0.
        """
        ...

    def close(self) -> None:
        """Let go of workers, at once."""
        ...


class LocalExecutor:
    """Trains one cohort after the other in this process, each when its results are asked for."""

    width = 1

    def __init__(self, task: Task) -> None:
        self._task, self._trainer = task, task.trainer()

    def run(
        self, cohorts: Sequence[Cohort], report: Report | None, snapshots: Snapshots = NO_SNAPSHOTS
    ) -> Iterator[list[Result]]:
        """See the protocol."""
        for cohort in cohorts:
            yield train(self._trainer, self._task, cohort, report, snapshots)

    def close(self) -> None:
        """There is nothing to let go of."""


def train(trainer: Trainer, task: Task, cohort: Cohort, report: Report | None, snapshots: Snapshots) -> list[Result]:
    """Train one cohort of a task, wherever that is."""
    return trainer.train(cohort, report or _go_on, snapshots, resumable=task.resumable)


def _go_on(_trial: Trial, _epoch: int, _value: float) -> bool:
    return True


def own_snapshots(cohort: Cohort, snapshots: Snapshots) -> dict[int, Snapshot]:
    """The snapshots that a cohort needs."""
    return {trial.number: snapshots[trial.number] for trial in cohort if trial.number in snapshots}


def failed(trial: Trial, reason: str) -> Result:
    """The result of a trial whose worker never came back."""
    return Result(trial, State.FAILED, {}, 0, {}, {}, 0.0, reason)
