"""Summaries of sweeps and runs, as a tracking store gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from recsys.tracking.annotations import NO_WORDS, Annotations


@dataclass(frozen=True)
class SweepSummary:
    """The state of a sweep, its budget, its counts of trials and its best value."""

    name: str
    run_id: str
    kind: str
    """`sweep` or `train`."""
    state: str
    """RUNNING, FINISHED, FAILED (no trial was completed) or KILLED (stopped, can be resumed), as in MLflow."""
    data: str
    metric: str
    best: float | None
    complete: int
    pruned: int
    failed: int
    total: int
    """The budget."""
    started: datetime
    """In UTC."""
    seconds: float
    """From the start to the end; of a running sweep to now."""
    minutes: float | None = None
    """The budget in minutes of work; None without one."""
    worked: float | None = None
    """Seconds of work, without the time between an interruption and `resume`; None if they were not counted."""
    stopped: str = ""
    """Why it ended; empty while it runs and after an interruption."""
    direction: str = "minimize"
    """Of the objective."""
    experiment: str = ""
    """The name of the experiment's file without its ending; the sweep's name if that was not recorded."""
    model: str = ""
    """The model's kind, or its factory as `package.module:function`."""
    words: Annotations = NO_WORDS
    """Its note and tags."""


@dataclass(frozen=True)
class RunInfo:
    """One run of the store, which is a sweep or a trial."""

    kind: Literal["sweep", "trial"]
    run_id: str
    name: str
    sweep: str
    """The name of the sweep; of a trial the name of its sweep."""
    state: str
    """A trial's COMPLETE, PRUNED, FAILED, INTERRUPTED or RUNNING; a sweep's status in MLflow."""
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Relocated:
    """How many rows of a store were rewritten after a move, or would be in a dry run."""

    changed: Mapping[str, int]
    """Rows by `table.column`; `stored experiments` counts the sweeps whose experiment names a file that moved."""
    backup: Path | None
    """The copy of a SQLite store's database from before; None of a server's, and where nothing was written."""


def state_text(summary: SweepSummary) -> str:
    """The state of a sweep in words, and why it ended."""
    worked = "" if summary.worked is None else f" after {summary.worked:.0f} s of work"
    return f"{summary.state.lower()}{worked}" + (f"; {summary.stopped}" if summary.stopped else "")
