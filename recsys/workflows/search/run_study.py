"""Run a study to its end on an executor, with tracking in the background."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys import notebook
from recsys.errors import RecsysError, shown
from recsys.execution.make import Execution, make_executor
from recsys.reporter import Reporter
from recsys.spaces.formatting import format_point
from recsys.spaces.parameter import Value
from recsys.studies.study import Study
from recsys.tracking.tracker import Recorded, Tracker
from recsys.training.trial import Trial, TrialState
from recsys.workflows.search.loop import Loop
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.progress import Progress, Watch
from recsys.workflows.search.stops import Stops

if TYPE_CHECKING:
    from recsys.execution.executor import Executor, Task
    from recsys.training.cohort import Report


@dataclass(frozen=True)
class Best:
    """The best trial of a sweep."""

    trial: int
    run_id: str
    value: float
    params: Mapping[str, Value]


@dataclass(frozen=True)
class SweepResult:
    """The result of a sweep."""

    sweep: str
    run_id: str
    trials: Mapping[str, int]
    """How many are `complete`, `pruned`, `failed`."""
    best: Best | None
    seconds: float
    seconds_asking: float
    """Seconds that the study took to propose points; part of `seconds`."""
    stopped: str
    """The reason why the sweep ended, such as the budget that was used up."""
    worked: float
    """Seconds of work, those before an interruption included."""

    @property
    def lines(self) -> Mapping[str, str]:
        """The result by name, as text for people."""
        counts = ", ".join(f"{number} {state}" for state, number in self.trials.items())
        said = {"sweep": self.sweep, "run": self.run_id, "trials": counts}
        if self.best is None:
            said["best"] = "none"
        else:
            said["best"] = f"{self.best.value:.4f} (trial {self.best.trial}, run {self.best.run_id})"
            said["point"] = format_point(self.best.params)
        seconds = f"{self.seconds:.1f}, of which {self.seconds_asking:.1f} asking"
        return {**said, "stopped": self.stopped, "seconds": seconds}

    def _repr_html_(self) -> str:
        return notebook.pairs(self.lines)


@dataclass(frozen=True)
class SweepOptions:
    """How a sweep is run, apart from its experiment."""

    execution: Execution
    watch: Watch
    reporter: Reporter
    allow_custom_factory: bool = False
    allow_custom_sampler: bool = False
    allow_custom_tracker: bool = False


def run_study(
    prepared: Prepared,
    study: Study,
    executor: Executor,
    tracker: Tracker,
    records: Sequence[Recorded],
    name: str,
    watch: Watch,
    stops: Stops,
) -> SweepResult:
    """Run a study to its end.

    Args:
        prepared: The experiment with its split.
        study: Proposes the points.
        executor: Trains the cohorts.
        tracker: Records the trials.
        records: The trials of an interrupted sweep.
        name: The sweep's.
        watch: Receives the progress after every cohort.
        stops: The stopping rules.
    """
    from recsys.tracking.background_tracker import BackgroundTracker

    started = time.perf_counter()
    settings, clock = prepared.experiment.study, stops.clock
    progress = Progress(name, prepared.metric, settings.trials, minutes=settings.minutes)
    clock.start()
    background = BackgroundTracker(
        tracker, patience=prepared.experiment.tracking.patience, worked=lambda: clock.seconds
    )
    try:
        Loop(prepared, study, executor, background, records, progress, watch, stops).run()
        if progress.best is None:
            stops.reason = f"{stops.reason}; {_why_none(progress)}"
        clock.stop()
        background.mark(clock.seconds, stops.reason)
    except BaseException:
        clock.stop()
        with suppress(RecsysError):
            background.mark(clock.seconds)
        background.close({}, finished=False)
        raise
    background.close(study.importances(), finished=True, extras=_extras(prepared, progress))
    return SweepResult(
        sweep=name,
        run_id=tracker.run_id,
        trials={state.lower(): number for state, number in progress.counts.items()},
        best=_best(tracker, progress),
        seconds=time.perf_counter() - started,
        seconds_asking=study.seconds_asking,
        stopped=stops.reason,
        worked=clock.seconds,
    )


def _why_none(progress: Progress) -> str:
    """A sentence for a sweep without a complete trial, with the reason of the first failure."""
    failed, why = progress.counts[TrialState.FAILED], shown(progress.failure, 300)
    return f"no trial was completed, {failed} failed" + (f", {why}" if why else "")


def _best(tracker: Tracker, progress: Progress) -> Best | None:
    best = progress.best
    if best is None:
        return None
    run_ids = {record.number: record.run_id for record in tracker.records()}
    number = best.trial.number
    return Best(number, run_ids[number], best.values[progress.metric.name], dict(best.trial.point))


def _extras(prepared: Prepared, progress: Progress) -> dict[str, bytes]:
    """The layer table and the graph of the best trial's model."""
    if progress.best is None:
        return {}
    from recsys.models.model import build_model
    from recsys.models.summary import graph_png, layer_table

    split = prepared.split
    from recsys.models.training_data import TrainingData

    shape = TrainingData(split.train, split.validation).shape
    trial = progress.best.trial
    model = build_model(prepared.experiment.model.at(trial.point), shape, trial.point, trial.seed)
    return {"model/layers.txt": layer_table(model).encode(), "model/graph.png": graph_png(model)}


MOST_ROWS = 100_000
"""Users and items up to which several cohorts are trained at once, each with tables of its own."""


@contextmanager
def executing(prepared: Prepared, study: Study, execution: Execution, stops: Stops) -> Iterator[Executor]:
    """The executor of a sweep; its workers are released at the end."""
    prunes = prepared.experiment.study.prunes
    report = _report_to(study, stops, prunes=prunes) if prunes or stops.watched else None
    executor = make_executor(_task(prepared), execution, report, side_by_side=_side_by_side(prepared))
    try:
        yield executor
    finally:
        executor.close()


def _side_by_side(prepared: Prepared) -> bool:
    """Whether the cohorts of a batch may be trained in threads, with the results of training one after the other.

    They may not if one cohort's values can end another, or if a custom factory may set the global seed of Keras. Large
    tables are trained one cohort at a time to save memory.
    """
    experiment, catalogue = prepared.experiment, prepared.split.train.catalogue
    return (
        experiment.study.independent
        and experiment.model.factory is None
        and catalogue.users + catalogue.items <= MOST_ROWS
    )


def _report_to(study: Study, stops: Stops, *, prunes: bool) -> Report:
    """The callback by which a cohort asks, after an epoch, which trials end: by the pruner or a stopping rule."""

    def report(trials: Sequence[Trial], epoch: int, values: Sequence[Sequence[float]]) -> Sequence[TrialState | None]:
        otherwise = TrialState.COMPLETE if stops.over else None
        if not prunes:
            return [otherwise] * len(trials)
        heard = [study.report(trial, epoch, each) for trial, each in zip(trials, values, strict=True)]
        return [otherwise if goes_on else TrialState.PRUNED for goes_on in heard]

    return report


def _task(prepared: Prepared) -> Task:
    from recsys.execution.executor import Task
    from recsys.models.training_data import TrainingData

    experiment, split = prepared.experiment, prepared.split
    continues = experiment.study.pauses_trials
    training = experiment.training
    if continues:  # Hyperband itself decides who stops when
        training = training.model_copy(update={"patience": 0})
    data = TrainingData(split.train, split.validation)
    return Task(experiment.model, data, training, experiment.objective, resumable=continues)
