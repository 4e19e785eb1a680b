"""What the tracking store answers when it is asked what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class SweepSummary:
    """A sweep at a glance."""

    name: str
    run_id: str
    kind: str
    """`sweep` or `train`."""
    state: str
    """RUNNING, FINISHED, FAILED or KILLED (stopped, to be resumed), as MLflow has it."""
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
