"""Resume an interrupted sweep from its record in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.execution.make import IN_PROCESS, Execution
from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides, as_mapping
from recsys.reporter import Reporter, quiet
from recsys.workflows.search.mirrored import catch_up, check_mirror, mirror_of, mirrored
from recsys.workflows.search.prepare import check_study, effective_experiment, prepare, stops_of, study_of
from recsys.workflows.search.progress import Watch, in_a_notebook
from recsys.workflows.search.run_study import SweepOptions, SweepResult, executing, run_study
from recsys.workflows.search.stopping import asked_to_stop
from recsys.workflows.search.stored import PLACES, check_data_are_there, stored_experiment
from recsys.workflows.search.stores import open_store
from recsys.workflows.search.tables import Tables
from recsys.workflows.search.warm_start import learned_before

if TYPE_CHECKING:
    from recsys.tracking.store import Store


def resume(
    name: str,
    *,
    trials: int | None = None,
    minutes: float | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    allow_custom_sampler: bool = False,
    allow_custom_tracker: bool = False,
    execution: Execution = IN_PROCESS,
    watch: Watch = in_a_notebook,
    reporter: Reporter = quiet,
) -> SweepResult:
    """Resume an interrupted sweep, up to its total budget, from the stored effective experiment.

    Args:
        name: The sweep's.
        trials: A higher total budget.
        minutes: A higher total budget in minutes of work, the work before the interruption included; a sweep without
            such a budget gets its first.
        overrides: Where its files are now, as `{"data.source": path}` or `["data.source=path"]`, and of titles
            `data.titles.path`; their content must be the same. The new places are stored for later commands.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        allow_custom_sampler: Whether `[study] sampler` may.
        allow_custom_tracker: Whether `[tracking] mirror` may.
        execution: Where cohorts are trained.
        watch: Receives the progress after every cohort; by default a notebook shows it as a table.
        reporter: Receives messages, such as those of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: Its data have changed, or an override is not a place of a file.
    """
    load_frameworks()

    options = SweepOptions(execution, watch, reporter, allow_custom_factory, allow_custom_sampler, allow_custom_tracker)
    store = open_store(tracking_uri, reporter=reporter)
    return go_on(store, name, options, trials=trials, minutes=minutes, overrides=overrides)


def go_on(
    store: Store,
    name: str,
    options: SweepOptions,
    *,
    trials: int | None = None,
    minutes: float | None = None,
    overrides: Overrides = (),
    tables: Tables | None = None,
) -> SweepResult:
    """Resume a sweep as `resume` does, in a given store, with the tables that the command has read so far."""
    stored, reporter = store.header(name), options.reporter
    begun = _replaced(stored_experiment(stored), overrides)
    higher = max(trials or 0, stored.trials), _longer(minutes, stored.minutes)
    experiment = effective_experiment(begun, trials=higher[0], minutes=higher[1])
    if experiment.study.sampler == "grid" and experiment.study.trials > stored.trials:
        raise InputError(f"{name} is a grid laid out for {stored.trials} trials, which cannot grow; start a new sweep")
    check_study(experiment, allow=options.allow_custom_sampler, reporter=reporter)
    check_mirror(experiment, allow=options.allow_custom_tracker, reporter=reporter)
    check_data_are_there(experiment, name)
    allow = options.allow_custom_factory
    prepared = prepare(experiment, allow_custom_factory=allow, reporter=reporter, tables=tables)
    if prepared.fingerprint != stored.fingerprint:
        from recsys.evaluation.protocol import differing_parts

        parts = "; ".join(differing_parts(stored.protocol, prepared.protocol))
        raise InputError(f"{name} cannot be resumed: {parts} since it was begun")
    study = study_of(prepared, learned_before(prepared, store, name, reporter))
    worked = store.summary(name).worked or 0.0
    stops = stops_of(prepared, worked, lambda: asked_to_stop(store, name))
    with store.held(name, reporter), executing(prepared, study, options.execution, stops) as executor:
        mirror = mirror_of(prepared, stored, reporter)
        if higher != (stored.trials, stored.minutes):
            store.raise_budget(name, *higher)
        if overrides:
            store.replace_experiment(name, begun.anchored.to_toml())
        tracker = mirrored(store.open_sweep(name, prepared.catalogue), mirror)
        store.ask_to_stop(name, asked=False)
        catch_up(mirror, store, tracker)
        return run_study(prepared, study, executor, tracker, tracker.records(), name, options.watch, stops)


def _replaced(experiment: Experiment, overrides: Overrides) -> Experiment:
    """The experiment with new places of its files; nothing else of a started sweep may change."""
    values = as_mapping(overrides)
    for key in values:
        if key not in PLACES:
            raise InputError(
                f"--set {key}: a sweep goes on with what it began with; only {' and '.join(PLACES)} may say where its "
                "files are now; a new sweep takes other values: recsys sweep --from NAME --set …"
            )
    return experiment.replaced(values) if values else experiment


def _longer(minutes: float | None, stored: float | None) -> float | None:
    return max((each for each in (minutes, stored) if each is not None), default=None)
