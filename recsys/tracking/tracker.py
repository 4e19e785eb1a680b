"""The protocol between a sweep and whatever remembers it."""

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
    """What is written down of a sweep before its first trial."""

    name: str
    kind: Literal["sweep", "train"]
    experiment: str
    """The effective experiment, as TOML that can be run again."""
    data_name: str
    data_digest: str
    """Over every row, 36 hexadecimal characters."""
    fingerprint: str
    """The protocol fingerprint: only runs with the same one are comparable."""
    protocol: Mapping[str, str]
    """The parts that the fingerprint is made of, by name, so that a difference can be named."""
    metric: str
    """The objective."""
    direction: Literal["minimize", "maximize"]
    trials: int
    """The total budget."""
    ratings: int
    users: int
    items: int
    tags: Mapping[str, str] = field(default_factory=dict)
    """Versions of the libraries, the git commit, the machine, each under the tag of the run that it becomes."""
    minutes: float | None = None
    """The total budget in minutes of work; None where there is no such limit."""
    file: str = ""
    """The name of the experiment's file, without its ending."""
    further: Sequence[str] = ()
    """The objectives beside `metric`, which leads, where there are several."""


@dataclass(frozen=True)
class Recorded:
    """A trial as the record has it; `finished` is None for one that was interrupted."""

    number: int
    point: Point
    seed: int
    run_id: str
    finished: FinishedTrial | None
    seconds: float = 0.0
    best_epoch: int = 0
    values: Mapping[str, float] = field(default_factory=dict)
    cut: bool = False
    """Whether its training was stopped at its epoch because the sweep ended; where that goes on, so does the trial."""
    words: Annotations = NO_WORDS
    """What people say of it."""


class Tracker(Protocol):
    """Remembers one sweep. Everything it is given is durable once `flush` returns.

    A class of the user's own that `tracking.mirror` names is made as `Class(header, catalogue, **mirror_arguments)`,
    when a sweep begins and whenever it is resumed. It needs no `run_id`. What its `records` has no finished trial of,
    it is given again when the sweep is resumed.
    """

    run_id: str
    """The sweep's own run."""

    def start(self, trials: Sequence[Trial]) -> None:
        """Create a run for each trial, with its parameters; a trial that has one already keeps it."""
        ...

    def finish(self, result: Result) -> None:
        """Close the trial's run with its metrics by epoch, its values, its embeddings and its state."""
        ...

    def mark(self, worked: float, stopped: str = "") -> None:
        """Remember for how many seconds the sweep has worked in all its lives, and why it ended, once it has."""
        ...

    def records(self) -> list[Recorded]:
        """What is remembered of every trial, by number."""
        ...

    def flush(self) -> None:
        """Wait until everything given so far is written; raise what went wrong."""
        ...

    def close(
        self, importances: Mapping[str, float], *, finished: bool, extras: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        """End the sweep's run: FINISHED with its summary (pictures, best trial), or KILLED, to be resumed.

        Args:
            importances: Share of the objective's variance by parameter; empty where unknown.
            finished: Whether the sweep has used its budget.
            extras: More files for the sweep's run by path, such as the best model's layer table and graph.
        """
        ...


def finished_trial_of(result: Result, metric: str, further: Sequence[str] = ()) -> FinishedTrial:
    """What a study is told of a result: the objective's value at the best epoch, and its history; the further ones'."""
    value = None if result.state is TrialState.FAILED else result.values.get(metric)
    beside = {name: result.values[name] for name in further if name in result.values}
    curves = {name: tuple(result.history[name]) for name in further if name in result.history}
    return FinishedTrial(result.state, value, tuple(result.history.get(metric, ())), beside, curves)


def recorded_of(result: Result, metric: str, run_id: str, further: Sequence[str] = ()) -> Recorded:
    """A finished trial as the record has it."""
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
    """The complete trials with a finite value, the best first, the earlier first among equals."""
    values = [(value, record) for record in records if (value := _value(record)) is not None]
    return [record for _, record in sorted(values, key=lambda pair: (sort_key(pair[0], direction), pair[1].number))]


def best_so_far(records: Sequence[Recorded], direction: str) -> list[tuple[int, float]]:
    """The best value up to each complete trial, by its number."""
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
