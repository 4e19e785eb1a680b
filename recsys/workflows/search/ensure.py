"""Ensure that there is a finished sweep of an experiment: take it from the store as far as it is there already."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recsys.execution.make import Execution
from recsys.experiment import Experiment
from recsys.reporter import Reporter
from recsys.workflows.search.prepare import prepare
from recsys.workflows.search.progress import Watch
from recsys.workflows.search.resume import resume
from recsys.workflows.search.stored import PLACES, free_name
from recsys.workflows.search.sweep import sweep

if TYPE_CHECKING:
    from recsys.tracking.mlflow.store import MlflowStore
    from recsys.tracking.summary import SweepSummary


@dataclass(frozen=True)
class SweepOptions:
    """How sweeps are run, whichever they are."""

    tracking_uri: str | None
    allow_custom_factory: bool
    execution: Execution
    watch: Watch
    reporter: Reporter
    allow_custom_sampler: bool = False


def ensure_sweep(store: MlflowStore, experiment: Experiment, stem: str, how: SweepOptions) -> str:
    """The name of a finished sweep of the experiment: one that is there, one that is resumed, or a new one.

    Args:
        store: Where the sweeps are.
        experiment: The effective experiment.
        stem: How the sweep's name begins.
        how: How it is run.
    """
    summaries = store.sweeps(how.reporter)
    same = _same(store, experiment, [summary for summary in summaries if summary.name.startswith(stem)], how)
    if same is None:
        chosen = free_name(stem, store.names())
        return sweep(experiment, name=chosen, **vars(how)).sweep
    if same.state == "FINISHED":
        how.reporter(f"{same.name} is finished already")
        return same.name
    how.reporter(f"going on with {same.name}")
    return resume(same.name, **vars(how)).sweep


def _same(
    store: MlflowStore, experiment: Experiment, summaries: list[SweepSummary], how: SweepOptions
) -> SweepSummary | None:
    """The latest of the sweeps that is of the very same experiment on the very same data."""
    if not summaries:
        return None
    prepared = prepare(experiment, allow_custom_factory=how.allow_custom_factory, reporter=how.reporter)
    wanted = "sweep", _placeless(experiment.anchored.document), prepared.fingerprint, experiment.study.trials
    for summary in summaries:
        stored = store.header(summary.name)
        if (stored.kind, _placeless(tomllib.loads(stored.experiment)), stored.fingerprint, stored.trials) == wanted:
            return summary
    return None


def _placeless(document: dict[str, Any]) -> dict[str, Any]:
    """An experiment but for where its files are: the fingerprint says whether the data are the same."""
    for key in PLACES:
        section, _, name = key.rpartition(".")
        inner: Any = document
        for part in section.split("."):
            inner = inner.get(part, {}) if isinstance(inner, dict) else {}
        if isinstance(inner, dict) and "/" in str(inner.get(name, "")):
            inner[name] = ""
    return document
