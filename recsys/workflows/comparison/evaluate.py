"""Evaluate: the whole procedure, search inside and test outside, over several splits, for a table in a paper."""

from __future__ import annotations

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
from recsys.tracking.mlflow.beginning import store_begun
from recsys.tracking.names import name_after
from recsys.workflows.comparison.candidate import candidate_of
from recsys.workflows.comparison.refit import refit
from recsys.workflows.search.cell import in_a_notebook
from recsys.workflows.search.ensure import SweepOptions, ensure_sweep
from recsys.workflows.search.prepare import effective_experiment
from recsys.workflows.search.progress import Watch
from recsys.workflows.search.test_access import score_test
from recsys.workflows.search.with_data import Data, with_data

if TYPE_CHECKING:
    from recsys.tracking.mlflow.store import MlflowStore


@dataclass(frozen=True)
class Fold:
    """One split's sweep and its test values."""

    sweep: str
    test: Mapping[str, float]


@dataclass(frozen=True)
class Evaluation:
    """Test values over the folds."""

    experiment: str
    splits: str
    """`official folds` or `random splits`."""
    folds: Sequence[Fold]
    mean: Mapping[str, float]
    deviation: Mapping[str, float]
    """Sample standard deviation over the folds."""


def evaluate(
    experiment: Experiment | str | Path,
    *,
    data: Data | None = None,
    folds: int = 5,
    ensemble: int | None = None,
    trials: int | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    allow_custom_sampler: bool = False,
    execution: Execution = IN_PROCESS,
    watch: Watch = in_a_notebook,
    reporter: Reporter = quiet,
) -> Evaluation:
    """Run a sweep on each of several splits, refit its best point on train and validation, and test it once.

    With `split.kind = "fold"` the splits are the official folds 1, 2, …; otherwise they are random splits with the
    seeds `split.seed`, `split.seed + 1`, …. Every sweep stays in the store: the same evaluation run again takes those
    that are finished as they are and resumes the one that was interrupted.

    Args:
        experiment: The experiment or its file.
        data: In place of the experiment's own: a pandas, polars or pyarrow table, kept as a Parquet file beside the
            store, or a file. Its columns are as `[data.columns]` says, or found out where that says nothing.
        folds: How many splits.
        ensemble: Test a greedy ensemble of at most so many picks instead of the best trial.
        trials: In place of `study.trials`, for each split.
        seed: In place of `study.seed` and `training.seed`; the splits stay as they are.
        overrides: More values in place of the file's, as `{"section.key": value}` or `["section.key=value"]`.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        allow_custom_sampler: Whether `[study] sampler` may.
        execution: Where cohorts are trained.
        watch: Is shown the progress.
        reporter: Hears of downloads.

    Raises:
        InputError: The experiment or its data are wrong, or there are not so many folds.
    """
    experiment = with_data(experiment, data, overrides, tracking_uri, reporter)
    experiment = effective_experiment(experiment, trials=trials, seed=seed, overrides=overrides)
    splits = _splits(experiment, folds)
    with store_begun(tracking_uri):
        load_frameworks()

    from recsys.tracking.mlflow.store import MlflowStore

    store = MlflowStore(tracking_uri, create=True, reporter=reporter)
    how = SweepOptions(tracking_uri, allow_custom_factory, execution, watch, reporter, allow_custom_sampler)
    done = []
    for number, split in enumerate(splits, start=1):
        name = ensure_sweep(store, split, f"{name_after(experiment.name)}-fold{number}", how)
        done.append(Fold(name, _tested(store, name, ensemble, allow=allow_custom_factory)))
    values = {metric: [fold.test[metric] for fold in done] for metric in done[0].test}
    return Evaluation(
        experiment.name,
        "official folds" if experiment.split.kind == "fold" else "random splits",
        done,
        {metric: float(np.mean(each)) for metric, each in values.items()},
        {metric: float(np.std(each, ddof=1)) for metric, each in values.items()},
    )


def _splits(experiment: Experiment, folds: int) -> list[Experiment]:
    """The experiment on each of the splits."""
    kind, seed = experiment.split.kind, experiment.split.seed
    if folds < 2:
        raise InputError(f"folds = {folds}: expected 2 or more, for there is no deviation of one")
    if kind == "fold":
        if folds > FOLDS:
            raise InputError(f"folds = {folds}: there are {FOLDS} official folds")
        return [experiment.replaced({"split.fold": number + 1}) for number in range(folds)]
    if kind != "random":
        raise InputError(f"split.kind = {kind!r} has one split only; evaluate needs random or fold")
    return [experiment.replaced({"split.seed": seed + number}) for number in range(folds)]


def _tested(store: MlflowStore, name: str, ensemble: int | None, *, allow: bool) -> Mapping[str, float]:
    candidate = candidate_of(store, [name], ensemble=ensemble, allow_custom_factory=allow)
    prepared = candidate.prepared
    development = prepared.split.train.join(prepared.split.validation)
    fitted = refit(candidate.recipes, development, prepared.experiment.objective)
    return score_test(store.uri, prepared, fitted, development, candidate.run_ids[0], f"evaluate {name}")
