"""Sweep: a study run over an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recsys.errors import InputError
from recsys.execution.make import IN_PROCESS, Execution
from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides
from recsys.reporter import Reporter, quiet
from recsys.tracking.mlflow.beginning import store_begun
from recsys.tracking.names import checked_name
from recsys.workflows.search.cell import in_a_notebook
from recsys.workflows.search.executing import executing
from recsys.workflows.search.known_points import Known, with_known
from recsys.workflows.search.prepare import check_study, effective_experiment, prepare, stops_of, study_of
from recsys.workflows.search.progress import Watch
from recsys.workflows.search.run_study import SweepResult, run_study
from recsys.workflows.search.stored import free_name, header_of, stored_experiment
from recsys.workflows.search.warm_start import learn
from recsys.workflows.search.with_data import Data, with_data


def sweep(
    experiment: Experiment | str | Path | None = None,
    *,
    data: Data | None = None,
    from_: str | None = None,
    name: str | None = None,
    trials: int | None = None,
    minutes: float | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
    try_: Sequence[Known] = (),
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    allow_custom_sampler: bool = False,
    execution: Execution = IN_PROCESS,
    watch: Watch = in_a_notebook,
    reporter: Reporter = quiet,
) -> SweepResult:
    """Run a sweep.

    Args:
        experiment: The experiment or its file.
        data: In place of the experiment's own: a pandas, polars or pyarrow table, kept as a Parquet file beside the
            store, or a file. Its columns are as `[data.columns]` says, or found out where that says nothing.
        from_: In the experiment's place, the sweep whose stored experiment is to be run again, with other values or as
            it was.
        name: The sweep's name; the file's by default, with a number behind it where that is taken.
        trials: In place of `study.trials`.
        minutes: In place of `study.minutes`.
        seed: In place of `study.seed` and `training.seed`; the split stays as it is.
        overrides: More values in place of the file's, as `{"section.key": value}` or `["section.key=value"]`.
        try_: Points to train first: each a sweep or its run, whose best is meant, a trial's run, a TOML or JSON file,
            or the point itself.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        allow_custom_sampler: Whether `[study] sampler` may.
        execution: Where cohorts are trained.
        watch: Is shown the progress; by default a table in a notebook, elsewhere nobody.
        reporter: Hears of downloads.

    Raises:
        NotFoundError: A file, sweep or run is not there.
        InputError: The experiment, its data, a point or the name is wrong.
    """
    if name:
        checked_name(name)
    begun = _begun(experiment, from_, tracking_uri)
    begun = with_data(begun, data, overrides, tracking_uri, reporter)
    experiment = effective_experiment(begun, trials=trials, minutes=minutes, seed=seed, overrides=overrides)
    experiment = with_known(experiment, try_, tracking_uri)
    if not len(experiment.search_space):
        raise InputError(f"{experiment.name}: there is no parameter to search; give [space], or use recsys train")
    check_study(experiment, allow=allow_custom_sampler, reporter=reporter)
    prepared = prepare(experiment, allow_custom_factory=allow_custom_factory, reporter=reporter)
    with store_begun(tracking_uri):
        load_frameworks()

    from recsys.tracking.mlflow.store import MlflowStore

    store = MlflowStore(tracking_uri, create=True, reporter=reporter)
    warm_start = learn(prepared, store, reporter)
    study, stops = study_of(prepared, warm_start), stops_of(prepared)
    chosen = name or free_name(experiment.name, store.names())
    with store.held(chosen, reporter), executing(prepared, study, execution, stops) as executor:
        tracker = store.create_sweep(header_of(prepared, chosen, "sweep"), prepared.catalogue, warm_start)
        return run_study(prepared, study, executor, tracker, [], chosen, watch, stops)


def _begun(experiment: Experiment | str | Path | None, from_: str | None, uri: str | None) -> Experiment | str | Path:
    """What the sweep begins from: a file's experiment, or one that the store has."""
    if from_ is None:
        if experiment is None:
            raise InputError("nothing to sweep: give an experiment file, or --from and the name of a sweep")
        return experiment
    if experiment is not None:
        raise InputError(f"--from {from_}: the stored experiment takes the place of a file; leave one of them out")
    load_frameworks()

    from recsys.tracking.mlflow.store import MlflowStore

    return stored_experiment(MlflowStore(uri).header(from_))
