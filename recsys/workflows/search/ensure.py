"""Ensure that there is a finished sweep of an experiment: take it from the store as far as it is there already."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from recsys.experiment import Experiment
from recsys.workflows.search.prepare import check_study, prepare
from recsys.workflows.search.resume import go_on
from recsys.workflows.search.run_study import SweepOptions
from recsys.workflows.search.stored import PLACES, free_name
from recsys.workflows.search.sweep import begin
from recsys.workflows.search.tables import Tables

if TYPE_CHECKING:
    from recsys.tracking.mlflow.store import MlflowStore
    from recsys.tracking.summary import SweepSummary
    from recsys.workflows.search.prepare import Prepared


def ensure_sweep(store: MlflowStore, experiment: Experiment, stem: str, options: SweepOptions, tables: Tables) -> str:
    """The name of a finished sweep of the experiment: one that is there, one that is resumed, or a new one.

    Args:
        store: Where the sweeps are.
        experiment: The effective experiment.
        stem: How the sweep's name begins.
        options: How it is run.
        tables: What the command has read so far.
    """
    reporter = options.reporter
    summaries = store.sweeps(reporter)
    prepared = prepare(experiment, allow_custom_factory=options.allow_custom_factory, reporter=reporter, tables=tables)
    same = _same(store, prepared, [summary for summary in summaries if summary.name.startswith(stem)])
    if same is None:
        check_study(experiment, allow=options.allow_custom_sampler, reporter=reporter)
        return begin(store, prepared, free_name(stem, store.names()), options).sweep
    if same.state == "FINISHED":
        reporter(f"{same.name} is finished already")
        return same.name
    reporter(f"going on with {same.name}")
    return go_on(store, same.name, options, tables=tables).sweep


def _same(store: MlflowStore, prepared: Prepared, summaries: list[SweepSummary]) -> SweepSummary | None:
    """The latest of the sweeps that is of the very same experiment on the very same data."""
    experiment = prepared.experiment
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
