"""Sweep: run the study of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.execution.make import IN_PROCESS, Execution
from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides
from recsys.reporter import Reporter, quiet
from recsys.tracking.names import checked_name
from recsys.workflows.search.known_points import Known, with_known
from recsys.workflows.search.mirrored import check_mirror, mirror_of, mirrored
from recsys.workflows.search.prepare import Prepared, check_study, effective_experiment, prepare, stops_of, study_of
from recsys.workflows.search.progress import Watch, in_a_notebook
from recsys.workflows.search.run_study import SweepOptions, SweepResult, executing, run_study
from recsys.workflows.search.stopping import asked_to_stop
from recsys.workflows.search.stored import free_name, header_of, stored_experiment
from recsys.workflows.search.stores import open_store, store_begun
from recsys.workflows.search.warm_start import learn
from recsys.workflows.search.with_data import Data, with_data

if TYPE_CHECKING:
    from recsys.tracking.store import Store


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
    allow_custom_tracker: bool = False,
    execution: Execution = IN_PROCESS,
    watch: Watch = in_a_notebook,
    reporter: Reporter = quiet,
) -> SweepResult:
    """Run a sweep.

    Args:
        experiment: The experiment or its file.
        data: In place of the experiment's own: a pandas, polars or pyarrow table, kept as a Parquet file beside the
            store, or a file. Its columns are as `[data.columns]` says, or found out where that says nothing.
        from_: A sweep whose stored experiment is run again, with other values or unchanged; in place of
            `experiment`.
        name: The sweep's name; the file's by default, with a number appended if that is taken.
        trials: In place of `study.trials`.
        minutes: In place of `study.minutes`.
        seed: In place of `study.seed` and `training.seed`; the split stays as it is.
        overrides: More values in place of the file's, as `{"section.key": value}` or `["section.key=value"]`.
        try_: Points to train first: each a sweep or its run, for its best point; a trial's run; a TOML or JSON file;
            or the point itself.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        allow_custom_sampler: Whether `[study] sampler` may.
        allow_custom_tracker: Whether `[tracking] mirror` may.
        execution: Where cohorts are trained.
        watch: Receives the progress after every cohort; by default a notebook shows it as a table.
        reporter: Receives messages, such as those of downloads.

    Raises:
        NotFoundError: There is no such file, sweep or run.
        InputError: The experiment, its data, a point or the name is wrong.
    """
    if name:
        checked_name(name)
    begun = _begun(experiment, from_, tracking_uri)
    begun = with_data(begun, data, overrides, tracking_uri, reporter)
    experiment = effective_experiment(begun, trials=trials, minutes=minutes, seed=seed, overrides=overrides)
    experiment = with_known(experiment, try_, tracking_uri)
    check_study(experiment, allow=allow_custom_sampler, reporter=reporter)
    check_mirror(experiment, allow=allow_custom_tracker, reporter=reporter)
    prepared = prepare(experiment, allow_custom_factory=allow_custom_factory, reporter=reporter)
    with store_begun(tracking_uri):
        load_frameworks()

    store = open_store(tracking_uri, create=True, reporter=reporter)
    options = SweepOptions(execution, watch, reporter, allow_custom_factory, allow_custom_sampler, allow_custom_tracker)
    return begin(store, prepared, name or free_name(experiment.name, store.names()), options)


def begin(store: Store, prepared: Prepared, name: str, options: SweepOptions) -> SweepResult:
    """Run a new sweep, by a name that is free, from its first trial to its end."""
    warm_start = learn(prepared, store, options.reporter)
    study = study_of(prepared, warm_start)
    stops = stops_of(prepared, asked=lambda: asked_to_stop(store, name))
    with store.held(name, options.reporter), executing(prepared, study, options.execution, stops) as executor:
        header = header_of(prepared, name, "sweep")
        mirror = mirror_of(prepared, header, options.reporter)
        tracker = mirrored(store.create_sweep(header, prepared.catalogue, warm_start), mirror)
        return run_study(prepared, study, executor, tracker, [], name, options.watch, stops)


def _begun(experiment: Experiment | str | Path | None, from_: str | None, uri: str | None) -> Experiment | str | Path:
    """The experiment that the sweep starts from: the one given, or a stored one."""
    if from_ is None:
        if experiment is None:
            raise InputError("nothing to sweep: give an experiment file, or --from and the name of a sweep")
        return experiment
    if experiment is not None:
        raise InputError(f"--from {from_}: the stored experiment takes the place of a file; leave one of them out")
    load_frameworks()

    return stored_experiment(open_store(uri).header(from_))
