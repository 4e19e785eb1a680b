"""Evaluate an experiment on several splits, each searched and tested once, or on several periods."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recsys.errors import InputError
from recsys.execution.make import IN_PROCESS, Execution
from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides
from recsys.reporter import Reporter, quiet
from recsys.splitting.fold import FOLDS
from recsys.splitting.part_settings import is_drawn
from recsys.tracking.names import name_after
from recsys.workflows.comparison.candidate import candidate_of
from recsys.workflows.comparison.refit import refit
from recsys.workflows.comparison.windows import values_on, windows_of
from recsys.workflows.search.mirrored import check_mirror
from recsys.workflows.search.prepare import check_study, effective_experiment, prepare
from recsys.workflows.search.progress import Watch, in_a_notebook
from recsys.workflows.search.resume import go_on
from recsys.workflows.search.run_study import SweepOptions
from recsys.workflows.search.stored import free_name, placeless
from recsys.workflows.search.stores import open_store, store_begun
from recsys.workflows.search.sweep import begin
from recsys.workflows.search.tables import Tables
from recsys.workflows.search.test_access import score_test
from recsys.workflows.search.with_data import Data, with_data

if TYPE_CHECKING:
    from recsys.tracking.store import Store
    from recsys.tracking.summary import SweepSummary
    from recsys.workflows.search.prepare import Prepared

WINDOWS = "windows before the test part"
_FOLDS = 5


@dataclass(frozen=True)
class Fold:
    """The sweep on one split, and its test values; or one window, with its values."""

    sweep: str
    test: Mapping[str, float]
    begins: str = ""
    """The first moment of a window; empty for a split."""


@dataclass(frozen=True)
class Evaluation:
    """Test values over several splits."""

    experiment: str
    splits: str
    """`official folds`, `random splits` or `windows before the test part`."""
    folds: Sequence[Fold]
    mean: Mapping[str, float]
    """The mean of each metric over the folds."""
    deviation: Mapping[str, float]
    """The sample standard deviation of each metric over the folds."""
    metric: str
    """The objective."""


def evaluate(
    experiment: Experiment | str | Path,
    *,
    data: Data | None = None,
    folds: int | None = None,
    windows: int | None = None,
    ensemble: int | None = None,
    trials: int | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    allow_custom_sampler: bool = False,
    allow_custom_tracker: bool = False,
    execution: Execution = IN_PROCESS,
    watch: Watch = in_a_notebook,
    reporter: Reporter = quiet,
) -> Evaluation:
    """Test the whole procedure on several splits, or one trial on several periods.

    On splits the function runs a sweep on each, refits its best point on train and validation, and tests it once.

    With `split.kind = "fold"` the splits are the official folds 1, 2, …; otherwise they are random splits with the
    seeds `split.seed`, `split.seed + 1`, …. Every sweep stays in the store. If the same evaluation runs again, it
    reuses finished sweeps and resumes the interrupted one.

    With `windows` the function runs one sweep on a temporal split, or takes a finished one. It trains the best point on
    all ratings before each window, and tests it on the window. Windows are as long as the test part, follow each other,
    and end where the test part begins, which stays sealed.

    Args:
        experiment: The experiment or its file.
        data: Replaces the experiment's data: a file, or a pandas, polars or pyarrow table, which is stored as a Parquet
            file in the folder of a local store, otherwise in the cache folder. `[data.columns]` names its columns;
            missing names are inferred.
        folds: The number of splits, by default 5.
        windows: The number of windows, instead of splits.
        ensemble: Test a greedy ensemble of at most this many picks instead of the best trial.
        trials: Replaces `study.trials`, for each split.
        seed: Replaces `study.seed` and `training.seed`, and leaves the splits unchanged.
        overrides: Values that replace those of the file, as `{"section.key": value}` or `["section.key=value"]`.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user.
        allow_custom_sampler: Whether `[study] sampler` may run code of the user.
        allow_custom_tracker: Whether `[tracking] mirror` may run code of the user.
        execution: The executor that trains cohorts.
        watch: Receives the progress after every cohort.
        reporter: Receives messages, such as those of downloads.

    Returns:
        The test values of each split or window, with mean and standard deviation.

    Raises:
        InputError: The experiment or its data are not valid, or `folds` or `windows` is too large or below 2.
    """
    experiment = with_data(experiment, data, overrides, tracking_uri, reporter)
    experiment = effective_experiment(experiment, trials=trials, seed=seed, overrides=overrides)
    if folds is not None and windows is not None:
        raise InputError("folds and windows exclude each other")
    splits = [] if windows is not None else _splits(experiment, _FOLDS if folds is None else folds)
    with store_begun(tracking_uri):
        load_frameworks()

    store = open_store(tracking_uri, create=True, reporter=reporter)
    options = SweepOptions(execution, watch, reporter, allow_custom_factory, allow_custom_sampler, allow_custom_tracker)
    if windows is not None:
        return _on_windows(store, experiment, windows, ensemble, options)
    return _on_splits(store, experiment, splits, ensemble, options)


def _on_splits(
    store: Store, experiment: Experiment, splits: Sequence[Experiment], ensemble: int | None, options: SweepOptions
) -> Evaluation:
    tables, done = Tables(), []
    for number, split in enumerate(splits, start=1):
        name = ensure_sweep(store, split, f"{name_after(experiment.name)}-fold{number}", options, tables)
        done.append(Fold(name, _tested(store, name, ensemble, tables, allow=options.allow_custom_factory)))
    return _summary(experiment, "official folds" if experiment.split.kind == "fold" else "random splits", done)


def _on_windows(
    store: Store, experiment: Experiment, count: int, ensemble: int | None, options: SweepOptions
) -> Evaluation:
    tables, allow = Tables(), options.allow_custom_factory
    found = windows_of(experiment, count, tables, options.reporter, allow=allow)
    name = ensure_sweep(store, experiment, name_after(experiment.name), options, tables)
    candidate = candidate_of(store, [name], ensemble=ensemble, allow_custom_factory=allow, tables=tables)
    values = zip(found, values_on(candidate, found), strict=True)
    return _summary(experiment, WINDOWS, [Fold(name, each, window.begins) for window, each in values])


def _summary(experiment: Experiment, splits: str, folds: Sequence[Fold]) -> Evaluation:
    values = {metric: [fold.test[metric] for fold in folds] for metric in folds[0].test}
    mean = {metric: float(np.mean(each)) for metric, each in values.items()}
    deviation = {metric: float(np.std(each, ddof=1)) for metric, each in values.items()}
    return Evaluation(experiment.name, splits, folds, mean, deviation, experiment.objective.metric)


def _splits(experiment: Experiment, folds: int) -> list[Experiment]:
    """Return the experiment with each of the splits."""
    kind, seed = experiment.split.kind, experiment.split.seed
    if folds < 2:
        raise InputError(f"folds = {folds}: expected 2 or more, for there is no deviation of one")
    if kind == "fold":
        if folds > FOLDS:
            raise InputError(f"folds = {folds}: there are {FOLDS} official folds")
        return [experiment.replaced({"split.fold": number + 1}) for number in range(folds)]
    if not is_drawn(experiment.split, kind):
        further = ", or --windows for its periods" if kind == "temporal" else ""
        wanted = f"random or fold, or another kind that split.seed draws{further}"
        raise InputError(f"split.kind = {kind!r} has one split only; evaluate needs {wanted}")
    return [experiment.replaced({"split.seed": seed + number}) for number in range(folds)]


def _tested(store: Store, name: str, ensemble: int | None, tables: Tables, *, allow: bool) -> Mapping[str, float]:
    candidate = candidate_of(store, [name], ensemble=ensemble, allow_custom_factory=allow, tables=tables)
    prepared = candidate.prepared
    development = prepared.split.train.join(prepared.split.validation)
    fitted = refit(candidate.recipes, development, prepared.experiment.objective)
    return score_test(store.uri, prepared, fitted, development, candidate.run_ids[0], f"evaluate {name}")


def ensure_sweep(store: Store, experiment: Experiment, stem: str, options: SweepOptions, tables: Tables) -> str:
    """Return the name of a finished sweep of the experiment: an existing one, a resumed one, or a new one.

    Args:
        store: The store of the sweeps.
        experiment: The effective experiment.
        stem: The beginning of the sweep's name.
        options: The options of the sweep.
        tables: The tables that the command has already read.
    """
    reporter = options.reporter
    summaries = store.sweeps(reporter)
    prepared = prepare(experiment, allow_custom_factory=options.allow_custom_factory, reporter=reporter, tables=tables)
    same = _same(store, prepared, [summary for summary in summaries if summary.name.startswith(stem)])
    if same is None:
        check_study(experiment, allow=options.allow_custom_sampler, reporter=reporter)
        check_mirror(experiment, allow=options.allow_custom_tracker, reporter=reporter)
        return begin(store, prepared, free_name(stem, store.names()), options).sweep
    if same.state == "FINISHED":
        reporter(f"{same.name} is finished already")
        return same.name
    reporter(f"going on with {same.name}")
    return go_on(store, same.name, options, tables=tables).sweep


def _same(store: Store, prepared: Prepared, summaries: list[SweepSummary]) -> SweepSummary | None:
    """Return the latest sweep of the same experiment on the same data; None if there is none."""
    experiment = prepared.experiment
    wanted = "sweep", placeless(experiment.anchored.document), prepared.fingerprint, experiment.study.trials
    for summary in summaries:
        stored = store.header(summary.name)
        if (stored.kind, placeless(tomllib.loads(stored.experiment)), stored.fingerprint, stored.trials) == wanted:
            return summary
    return None
