"""Resume: an interrupted sweep, from what the store holds of it."""

from __future__ import annotations

from recsys.errors import InputError
from recsys.execution.make import IN_PROCESS, Execution
from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides, as_mapping
from recsys.reporter import Reporter, quiet
from recsys.workflows.search.cell import in_a_notebook
from recsys.workflows.search.executing import executing
from recsys.workflows.search.prepare import check_study, effective_experiment, prepare, stops_of, study_of
from recsys.workflows.search.progress import Watch
from recsys.workflows.search.run_study import SweepResult, run_study
from recsys.workflows.search.stored import PLACES, check_data_are_there, stored_experiment
from recsys.workflows.search.warm_start import learned_before


def resume(
    name: str,
    *,
    trials: int | None = None,
    minutes: float | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    allow_custom_sampler: bool = False,
    execution: Execution = IN_PROCESS,
    watch: Watch = in_a_notebook,
    reporter: Reporter = quiet,
) -> SweepResult:
    """Go on with an interrupted sweep, up to its total budget, from the stored effective experiment.

    Args:
        name: The sweep's.
        trials: A higher total budget.
        minutes: A higher total budget in minutes of work, what it has worked before included; of a sweep that has none
            the first.
        overrides: Where its files are now, as `{"data.source": path}` or `["data.source=path"]`, and of titles
            `data.titles.path`; what they hold must be the same. It is written down for every later command.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        allow_custom_sampler: Whether `[study] sampler` may.
        execution: Where cohorts are trained.
        watch: Is shown the progress; by default a table in a notebook, elsewhere nobody.
        reporter: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: Its data have changed, or another value than a place is given.
    """
    load_frameworks()

    from recsys.tracking.mlflow.store import MlflowStore

    store = MlflowStore(tracking_uri, reporter=reporter)
    stored = store.header(name)
    begun = _replaced(stored_experiment(stored), overrides)
    higher = max(trials or 0, stored.trials), _longer(minutes, stored.minutes)
    experiment = effective_experiment(begun, trials=higher[0], minutes=higher[1])
    if experiment.study.sampler == "grid" and experiment.study.trials > stored.trials:
        raise InputError(f"{name} is a grid laid out for {stored.trials} trials, which cannot grow; start a new sweep")
    check_study(experiment, allow=allow_custom_sampler, reporter=reporter)
    check_data_are_there(experiment, name)
    prepared = prepare(experiment, allow_custom_factory=allow_custom_factory, reporter=reporter)
    if prepared.fingerprint != stored.fingerprint:
        from recsys.evaluation.protocol import differing_parts

        differing = "; ".join(differing_parts(stored.protocol, prepared.protocol))
        raise InputError(f"{name} cannot be resumed: {differing} since it was begun")
    study = study_of(prepared, learned_before(prepared, store, name, reporter))
    stops = stops_of(prepared, store.summary(name).worked or 0.0)
    with store.held(name, reporter), executing(prepared, study, execution, stops) as executor:
        if higher != (stored.trials, stored.minutes):
            store.raise_budget(name, *higher)
        if overrides:
            store.replace_experiment(name, begun.anchored.to_toml())
        tracker = store.open_sweep(name, prepared.catalogue)
        return run_study(prepared, study, executor, tracker, tracker.records(), name, watch, stops)


def _replaced(experiment: Experiment, overrides: Overrides) -> Experiment:
    """The experiment with its files elsewhere; nothing else of a sweep that was begun may change."""
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
