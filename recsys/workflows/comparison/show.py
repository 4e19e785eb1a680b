"""Show or delete a sweep or a run, and run the MLflow UI on a store."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomlkit

from recsys.errors import InputError
from recsys.experiment import Experiment
from recsys.reporter import Reporter, quiet
from recsys.spaces.kind_tables import own_name
from recsys.spaces.parameter import Value
from recsys.tracking.annotations import Annotations, tags_text
from recsys.workflows.search.stored import stored_experiment
from recsys.workflows.search.stores import open_store

if TYPE_CHECKING:
    from recsys.tracking.summary import SweepSummary
    from recsys.tracking.warm_start import WarmStart


@dataclass(frozen=True)
class Shown:
    """The content of a sweep or a run."""

    kind: str
    """`sweep`, `train` or `trial`."""
    name: str
    run_id: str
    state: str
    details: Mapping[str, str]
    values: Mapping[str, float]
    point: Mapping[str, Value]
    toml: str
    """A sweep's effective experiment, or a trial's point as a `[point]` section."""


def show(name: str, *, artifacts: bool = False, tracking_uri: str | None = None) -> Shown:
    """Return the content of a sweep or a run.

    Args:
        name: The name of a sweep or the id of a run.
        artifacts: Also log a trial's learning curves and Projector files to its run.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep or run.
        InputError: `artifacts` is given for a sweep.
    """
    store = open_store(tracking_uri)
    found = store.find(name)
    if found.kind == "sweep":
        if artifacts:
            raise InputError(f"--artifacts: {name} is a sweep; give the run of one of its trials")
        stored = store.header(found.sweep)
        return _shown_sweep(stored.experiment, store.summary(found.sweep), store.warm_start(found.sweep))
    record = store.recorded(found.run_id)
    if artifacts:
        store.log_pictures(name)
    point = {key: list(value) if isinstance(value, tuple) else value for key, value in record.point.items()}
    state = str(record.finished.state) if record.finished else "INTERRUPTED"
    details = {"trial": str(record.number), "seed": str(record.seed), "best epoch": str(record.best_epoch)}
    details |= _said(record.words)
    toml = tomlkit.dumps({"point": point})
    return Shown("trial", f"trial {record.number}", record.run_id, state, details, record.values, record.point, toml)


def _shown_sweep(experiment: str, summary: SweepSummary, warm_start: WarmStart | None) -> Shown:
    details = {
        "data": summary.data,
        "trials": f"{summary.complete} complete, {summary.pruned} pruned, {summary.failed} failed of {summary.total}",
        "seconds": f"{summary.seconds:.1f}" if summary.worked is None else f"{summary.worked:.1f} of work",
    }
    details |= _said(summary.words)
    if warm_start is not None:
        details["learned from"] = str(warm_start)
    if summary.stopped:
        details["stopped"] = summary.stopped
    values = {summary.metric: summary.best} if summary.best is not None else {}
    return Shown(summary.kind, summary.name, summary.run_id, summary.state, details, values, {}, experiment)


def _said(words: Annotations) -> dict[str, str]:
    """Return the note and the tags, if there are any."""
    return {name: each for name, each in (("note", words.note), ("tags", tags_text(words.tags))) if each}


def delete(name: str, *, tracking_uri: str | None = None) -> None:
    """Delete a sweep with its trials and artifacts.

    Args:
        name: The name of the sweep.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweep is running.
    """
    open_store(tracking_uri).delete(name)


def serve_ui(
    name: str | None = None, *, port: int = 5000, tracking_uri: str | None = None, reporter: Reporter = quiet
) -> None:
    """Run the MLflow UI on the store until it is interrupted. It listens on loopback only.

    Args:
        name: The sweep that gets a saved view of its trials, sorted by the objective; the latest by default.
        port: The port to listen on.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        reporter: Receives the address of that view.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The store is a server, which has its own UI, or the port is in use.
        StoreError: MLflow's server ended unexpectedly.
    """
    from recsys.serving.ports import require_free

    require_free(port)
    store = open_store(tracking_uri, reporter=reporter)
    latest = name or next((sweep.name for sweep in store.sweeps(reporter) if sweep.kind == "sweep"), None)
    view = "" if latest is None else store.view(latest, _searched(stored_experiment(store.header(latest))))
    with suppress(KeyboardInterrupt):
        store.serve_ui(port, reporter, view)


def _searched(experiment: Experiment) -> list[str]:
    """Return the searched parameters by their names in points of the model."""
    return list(dict.fromkeys(map(own_name, experiment.search_space)))
