"""The executor of a sweep, as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from recsys.execution.make import Execution, make_executor
from recsys.studies.study import Study
from recsys.training.trial import Trial, TrialState
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.stops import Stops

if TYPE_CHECKING:
    from recsys.execution.executor import Executor, Task
    from recsys.training.cohort import Report

MOST_ROWS = 100_000
"""Users and items up to which several cohorts have their tables in memory."""


@contextmanager
def executing(prepared: Prepared, study: Study, execution: Execution, stops: Stops) -> Iterator[Executor]:
    """An executor for a sweep, which lets go of its workers at the end."""
    prunes = prepared.experiment.study.prunes
    report = _report_to(study, stops, prunes=prunes) if prunes or stops.watched else None
    executor = make_executor(_task(prepared), execution, report, side_by_side=_side_by_side(prepared))
    try:
        yield executor
    finally:
        executor.close()


def _side_by_side(prepared: Prepared) -> bool:
    """Whether the cohorts of a batch gain by threads, and come to the same as one after the other.

    They do not where the end of one may end another, nor where a model of the user's own sets the random numbers of all
    Keras. Large tables are held once, for want of memory.
    """
    experiment, catalogue = prepared.experiment, prepared.split.train.catalogue
    return (
        experiment.study.independent
        and experiment.model.kind is not None
        and catalogue.users + catalogue.items <= MOST_ROWS
    )


def _report_to(study: Study, stops: Stops, *, prunes: bool) -> Report:
    """Who ends trials at their epoch, as a cohort asks: the study's pruner, and a sweep that is over."""

    def report(trials: Sequence[Trial], epoch: int, values: Sequence[Sequence[float]]) -> Sequence[TrialState | None]:
        otherwise = TrialState.COMPLETE if stops.over else None
        if not prunes:
            return [otherwise] * len(trials)
        heard = [study.report(trial, epoch, each) for trial, each in zip(trials, values, strict=True)]
        return [otherwise if goes_on else TrialState.PRUNED for goes_on in heard]

    return report


def _task(prepared: Prepared) -> Task:
    from recsys.execution.executor import Task
    from recsys.training.data import TrainingData

    experiment, split = prepared.experiment, prepared.split
    continues = experiment.study.pauses_trials
    training = experiment.training
    if continues:  # Hyperband itself decides who stops when
        training = training.model_copy(update={"patience": 0})
    data = TrainingData(split.train, split.validation)
    return Task(experiment.model, data, training, experiment.objective, resumable=continues)
