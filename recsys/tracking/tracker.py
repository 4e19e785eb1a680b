"""The protocol of trackers, which record a sweep, and the records themselves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol

from recsys.evaluation.metrics.metric import sort_key
from recsys.tracking.annotations import NO_WORDS, Annotations
from recsys.training.trial import FinishedTrial, Point, Result, Trial, TrialState


@dataclass(frozen=True)
class Header:
    """The description of a sweep that is recorded before its first trial."""

    name: str
    kind: Literal["sweep", "train"]
    experiment: str
    """The effective experiment, as TOML that can be run again."""
    data_name: str
    data_digest: str
    """A hash of every row: 36 hexadecimal characters."""
    fingerprint: str
    """The protocol fingerprint: only sweeps with the same fingerprint are comparable."""
    protocol: Mapping[str, str]
    """The parts of the fingerprint, by name, so that errors can say which part differs."""
    metric: str
    """The objective."""
    direction: Literal["minimize", "maximize"]
    trials: int
    """The total budget."""
    ratings: int
    users: int
    items: int
    tags: Mapping[str, str] = field(default_factory=dict)
    """Versions of libraries, the git commit and the machine, by the names of the run tags that hold them."""
    minutes: float | None = None
    """The total budget in minutes of work; None without such a limit."""
    file: str = ""
    """The name of the experiment's file without its ending."""
    further: Sequence[str] = ()
    """The objectives after the leading one, `metric`."""


@dataclass(frozen=True)
class Recorded:
    """The record of a trial; `finished` is None if the trial was interrupted."""

    number: int
    point: Point
    seed: int
    run_id: str
    finished: FinishedTrial | None
    seconds: float = 0.0
    best_epoch: int = 0
    values: Mapping[str, float] = field(default_factory=dict)
    cut: bool = False
    """Whether its training stopped early because the sweep ended; a resumed sweep trains it again."""
    words: Annotations = NO_WORDS
    """Its note and tags."""


class Tracker(Protocol):
    """Records one sweep. Everything given before is durable when `flush` returns.

    A class of the user's own that `tracking.mirror` names is made as `Class(header, catalogue, **mirror_arguments)`,
    when a sweep begins and whenever it is resumed. It needs no `run_id`. What its `records` has no finished trial of,
    it is given again when the sweep is resumed.
    """

    run_id: str
    """The id of the sweep's run."""

    def start(self, trials: Sequence[Trial]) -> None:
        """Create a run with the parameters of each trial; a trial that has a run keeps it."""
        ...

    def finish(self, result: Result) -> None:
        """Close a trial's run with its state, its metrics by epoch, its values and its weights."""
        ...

    def mark(self, worked: float, stopped: str = "") -> None:
        """Record the seconds of work since the sweep began, and at its end why it ended."""
        ...

    def records(self) -> list[Recorded]:
        """The records of all trials, by number."""
        ...

    def flush(self) -> None:
        """Wait until everything given before is written; raise an error that occurred meanwhile."""
        ...

    def close(
        self, importances: Mapping[str, float], *, finished: bool, extras: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        """End the sweep's run: FINISHED with its summary (pictures, best trial), or KILLED, so that it can be resumed.

        Args:
            importances: The share of the objective's variance that each parameter explains; empty if unknown.
            finished: Whether the sweep has used its budget.
            extras: Further files of the sweep's run, by path, such as the best model's layer table and graph.
        """
        ...


def finished_trial_of(result: Result, metric: str, further: Sequence[str] = ()) -> FinishedTrial:
    """The part of a result that a study gets: each objective at the best epoch and by epoch."""
    value = None if result.state is TrialState.FAILED else result.values.get(metric)
    beside = {name: result.values[name] for name in further if name in result.values}
    curves = {name: tuple(result.history[name]) for name in further if name in result.history}
    return FinishedTrial(result.state, value, tuple(result.history.get(metric, ())), beside, curves)


def recorded_of(result: Result, metric: str, run_id: str, further: Sequence[str] = ()) -> Recorded:
    """The record of a trial that has ended."""
    trial = result.trial
    finished = finished_trial_of(result, metric, further)
    return Recorded(
        trial.number,
        trial.point,
        trial.seed,
        run_id,
        finished,
        result.seconds,
        result.best_epoch,
        dict(result.values),
        result.cut,
    )


def best_of(records: Iterable[Recorded], direction: str) -> list[Recorded]:
    """The complete trials with a finite value, the best first; ties by number."""
    values = [(value, record) for record in records if (value := _value(record)) is not None]
    return [record for _, record in sorted(values, key=lambda pair: (sort_key(pair[0], direction), pair[1].number))]


def best_so_far(records: Sequence[Recorded], direction: str) -> list[tuple[int, float]]:
    """Pairs of a complete trial's number and the best value up to that trial."""
    path: list[tuple[int, float]] = []
    for record in sorted(best_of(records, direction), key=lambda record: record.number):
        value = record.finished.value if record.finished else None
        if value is not None:
            so_far = [value, *(best for _, best in path[-1:])]
            path.append((record.number, min(so_far, key=lambda each: sort_key(each, direction))))
    return path


def _value(record: Recorded) -> float | None:
    finished = record.finished
    if finished is None or finished.state is not TrialState.COMPLETE or finished.value is None:
        return None
    return finished.value if math.isfinite(finished.value) else None
