"""Run a study to its end, the tracker in the background, and say what it came to."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys import notebook
from recsys.errors import RecsysError, shown
from recsys.spaces.formatting import format_point
from recsys.spaces.parameter import Value
from recsys.studies.study import Study
from recsys.tracking.tracker import Recorded, Tracker
from recsys.training.trial import TrialState
from recsys.workflows.search.loop import Loop
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.progress import Progress, Watch
from recsys.workflows.search.stops import Stops

if TYPE_CHECKING:
    from recsys.execution.executor import Executor


@dataclass(frozen=True)
class Best:
    """The best trial of a sweep."""

    trial: int
    run_id: str
    value: float
    params: Mapping[str, Value]


@dataclass(frozen=True)
class SweepResult:
    """What a sweep came to."""

    sweep: str
    run_id: str
    trials: Mapping[str, int]
    """How many are `complete`, `pruned`, `failed`."""
    best: Best | None
    seconds: float
    seconds_asking: float
    """Of which the study took so long to propose points."""
    stopped: str
    """Why the sweep ended: which of its budgets was used up, or what else."""
    worked: float
    """Seconds of work in all its lives."""

    @property
    def lines(self) -> Mapping[str, str]:
        """What it came to, by name, for people to read."""
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
    """Run a study to its end, on a tracker that may hold records of an earlier life."""
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
    """That a sweep has no best trial, and why the first of those that failed did."""
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
    from recsys.training.data import TrainingData

    shape = TrainingData(split.train, split.validation).shape
    trial = progress.best.trial
    model = build_model(prepared.experiment.model, shape, trial.point, trial.seed)
    return {"model/layers.txt": layer_table(model).encode(), "model/graph.png": graph_png(model)}
