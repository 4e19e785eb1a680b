"""What the tracking store answers when it is asked what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from recsys.tracking.annotations import NO_WORDS, Annotations


@dataclass(frozen=True)
class SweepSummary:
    """A sweep at a glance."""

    name: str
    run_id: str
    kind: str
    """`sweep` or `train`."""
    state: str
    """RUNNING, FINISHED, FAILED (no trial was completed) or KILLED (stopped, to be resumed), as MLflow has it."""
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
    """From the start to the end, or to now."""
    minutes: float | None = None
    """The budget in minutes of work, where there is one."""
    worked: float | None = None
    """Seconds of work in all its lives; None of a sweep from before they were counted."""
    stopped: str = ""
    """Why it ended; empty before, and of an interrupted one."""
    direction: str = "minimize"
    """Of the objective."""
    experiment: str = ""
    """The name of the experiment's file, without its ending; the sweep's where that was not written down."""
    model: str = ""
    """The model's kind, or its factory."""
    words: Annotations = NO_WORDS
    """What people say of it."""


@dataclass(frozen=True)
class RunInfo:
    """One run of the store: a sweep's own, or a trial's."""

    kind: Literal["sweep", "trial"]
    run_id: str
    name: str
    sweep: str
    """The name of the sweep it belongs to, or is."""
    state: str
    """A trial's COMPLETE, PRUNED, FAILED, INTERRUPTED or RUNNING; a sweep's status in MLflow."""
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Relocated:
    """What was rewritten after a move, or would be."""

    changed: Mapping[str, int]
    """Rows by `table.column`; `stored experiments` counts the sweeps whose experiment names a file that moved."""
    backup: Path | None
    """The copy of a SQLite store's database from before; None of a server's, and where nothing was written."""


def state_text(summary: SweepSummary) -> str:
    """How a sweep stands, and why it ended."""
    worked = "" if summary.worked is None else f" after {summary.worked:.0f} s of work"
    return f"{summary.state.lower()}{worked}" + (f"; {summary.stopped}" if summary.stopped else "")
