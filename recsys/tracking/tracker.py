"""The protocol between a sweep and whatever remembers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from recsys.training.trial import Point, Result, Told, Trial


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
    """Versions of the libraries, the git commit, the machine."""


@dataclass(frozen=True)
class Recorded:
    """A trial as the record has it; `told` is None for one that was interrupted."""

    number: int
    point: Point
    seed: int
    run_id: str
    told: Told | None
    seconds: float = 0.0
    best_epoch: int = 0
    values: Mapping[str, float] = field(default_factory=dict)


class Tracker(Protocol):
    """Remembers one sweep. Everything it is given is durable once `flush` returns."""

    run_id: str
    """The sweep's own run."""

    def start(self, trials: Sequence[Trial]) -> None:
        """Create a run for each trial, with its parameters; a trial that has one already keeps it."""
        ...

    def finish(self, result: Result) -> None:
        """Close the trial's run with its metrics by epoch, its values, its embeddings and its state."""
        ...

    def records(self) -> list[Recorded]:
        """What is remembered of every trial, by number."""
        ...

    def flush(self) -> None:
        """Wait until everything given so far is written; raise what went wrong."""
        ...

    def close(self, importances: Mapping[str, float], *, finished: bool) -> None:
        """End the sweep's run: FINISHED with its summary (pictures, best trial), or KILLED, to be resumed."""
        ...
