"""Watch the progress of a sweep that runs elsewhere, by its store."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from recsys.evaluation.metrics.table import metric_of
from recsys.reporter import Reporter, quiet
from recsys.tracking.tracker import Recorded
from recsys.training.trial import FinishedTrial, Result, Trial
from recsys.workflows.search.progress import Progress, Watch, unwatched
from recsys.workflows.search.stores import open_store

if TYPE_CHECKING:
    from recsys.tracking.summary import SweepSummary

PAUSE = 2.0
"""The least seconds between two reads of the store; reading takes a tenth of the time at most."""
SILENCE = 30.0
"""Seconds without a mark of work after which a sweep may have been killed."""


def watch(
    name: str,
    *,
    once: bool = False,
    tracking_uri: str | None = None,
    watch: Watch = unwatched,
    reporter: Reporter = quiet,
    pause: Callable[[float], None] = time.sleep,
) -> SweepSummary:
    """Watch a sweep until it ends, from any machine that reaches its store.

    Args:
        name: The sweep's.
        once: Read the store once and return.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        watch: Receives the progress at the start and after every change.
        reporter: Receives a message when the sweep shows no sign of life.
        pause: Waits for so many seconds.

    Returns:
        The sweep's summary at the end.

    Raises:
        NotFoundError: There is no such sweep.
    """
    store = open_store(tracking_uri, reporter=reporter)
    seen, resumed, silent = (-1, ""), None, 0.0
    worked: float | None = -1.0
    while True:
        began = time.monotonic()
        summary = store.summary(name)
        progress = _progress(summary, store.open_sweep(name).records())
        resumed = progress.resumed = progress.done if resumed is None else resumed
        if (progress.done, summary.state) != seen:
            seen = progress.done, summary.state
            watch(progress)
        if once or summary.state != "RUNNING":
            return summary
        rest = max(PAUSE, 9 * (time.monotonic() - began))
        silent = 0.0 if summary.worked != worked else silent + rest
        worked = summary.worked
        if silent >= SILENCE > silent - rest:
            reporter(
                f"no sign of life of {name} for {silent:.0f} s: if it was killed, recsys resume {name} goes on with it"
            )
        pause(rest)


def _progress(summary: SweepSummary, records: Sequence[Recorded]) -> Progress:
    progress = Progress(summary.name, metric_of(summary.metric), summary.total, minutes=summary.minutes)
    for record in records:
        if record.finished is not None:
            progress.take(_result(record, record.finished, summary.metric))
    progress.note(summary.worked or 0.0, None, summary.stopped)
    return progress


def _result(record: Recorded, finished: FinishedTrial, metric: str) -> Result:
    trial = Trial(record.number, record.point, record.seed, len(finished.history))
    history = {metric: list(finished.history)}
    return Result(trial, finished.state, history, record.best_epoch, record.values, {}, record.seconds)
