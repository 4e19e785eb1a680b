"""Sweep and resume: ask the study, train a cohort, tell the study, remember."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError
from recsys.experiment import Experiment, experiment_from, load_experiment
from recsys.overrides import Overrides, as_mapping
from recsys.spaces.parameter import Value
from recsys.studies.study import Study
from recsys.tracking.tracker import Header, Recorded, Tracker
from recsys.workflows.environment import environment
from recsys.workflows.execution import HERE, Execution, executing
from recsys.workflows.frameworks import load_frameworks
from recsys.workflows.loop import Loop
from recsys.workflows.prepare import Prepared, Say, prepare, quiet
from recsys.workflows.progress import Progress, Watch, unwatched

if TYPE_CHECKING:
    from recsys.execution.executor import Executor


@dataclass(frozen=True)
class Best:
    """The best trial of a sweep."""

    trial: int
    run_id: str
    value: float
    params: Mapping[str, Value]


@dataclass(frozen=True)
class SweepResult:
    """What a sweep came to."""

    sweep: str
    run_id: str
    trials: Mapping[str, int]
    """How many are `complete`, `pruned`, `failed`."""
    best: Best | None
    seconds: float
    seconds_asking: float
    """Of which the study took so long to propose points."""


def sweep(
    experiment: Experiment | str | Path,
    *,
    name: str | None = None,
    trials: int | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    execution: Execution = HERE,
    watch: Watch = unwatched,
    say: Say = quiet,
) -> SweepResult:
    """Run a sweep.

    Args:
        experiment: The experiment or its file.
        name: The sweep's name; the file's by default, with a number behind it where that is taken.
        trials: In place of `study.trials`.
        seed: In place of `study.seed` and `training.seed`; the split stays as it is.
        overrides: More values in place of the file's, as `{"section.key": value}` or `["section.key=value"]`.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        execution: Where cohorts are trained.
        watch: Is shown the progress.
        say: Hears of downloads.

    Raises:
        InputError: The experiment, its data or the name is wrong.
    """
    experiment = effective(experiment, trials=trials, seed=seed, overrides=overrides)
    if not len(experiment.search_space):
        raise InputError(f"{experiment.name}: there is no parameter to search; give [space], or use recsys train")
    prepared = prepare(experiment, allow_custom_factory=allow_custom_factory, say=say)
    study = study_of(prepared)
    load_frameworks()

    from recsys.tracking.mlflow_store import MlflowStore

    store = MlflowStore(tracking_uri)
    chosen = name or free_name(experiment.name, {summary.name for summary in store.sweeps()})
    with store.held(chosen, say), executing(prepared, study, execution) as executor:
        tracker = store.create_sweep(header(prepared, chosen, "sweep"), prepared.catalogue)
        return run_study(prepared, study, executor, tracker, [], chosen, watch)


def resume(
    name: str,
    *,
    trials: int | None = None,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    execution: Execution = HERE,
    watch: Watch = unwatched,
    say: Say = quiet,
) -> SweepResult:
    """Go on with an interrupted sweep, up to its total budget, from the stored effective experiment.

    Args:
        name: The sweep's.
        trials: A higher total budget.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        execution: Where cohorts are trained.
        watch: Is shown the progress.
        say: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: Its data have changed.
    """
    load_frameworks()

    from recsys.tracking.mlflow_store import MlflowStore

    store = MlflowStore(tracking_uri)
    stored = store.header(name)
    experiment = effective(stored_experiment(stored), trials=max(trials or 0, stored.trials))
    if experiment.study.sampler == "grid" and experiment.study.trials > stored.trials:
        raise InputError(f"{name} is a grid laid out for {stored.trials} trials, which cannot grow; start a new sweep")
    prepared = prepare(experiment, allow_custom_factory=allow_custom_factory, say=say)
    if prepared.fingerprint != stored.fingerprint:
        from recsys.evaluation.protocol import difference

        raise InputError(
            f"{name} cannot be resumed: {'; '.join(difference(stored.protocol, prepared.protocol))} since it was begun"
        )
    study = study_of(prepared)
    with store.held(name, say), executing(prepared, study, execution) as executor:
        if experiment.study.trials > stored.trials:
            store.raise_budget(name, experiment.study.trials)
        tracker = store.open_sweep(name, prepared.catalogue)
        return run_study(prepared, study, executor, tracker, tracker.records(), name, watch)


def effective(
    experiment: Experiment | str | Path,
    *,
    trials: int | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
) -> Experiment:
    """The experiment with what the command line replaces."""
    values = as_mapping(overrides)
    if trials is not None:
        values["study.trials"] = trials
    if seed is not None:
        values |= {"study.seed": seed, "training.seed": seed}
    return experiment.replaced(values) if isinstance(experiment, Experiment) else load_experiment(experiment, values)


def stored_experiment(stored: Header) -> Experiment:
    """The effective experiment of a sweep, as it was stored."""
    import tomllib

    return experiment_from(
        tomllib.loads(stored.experiment),
        source=f"stored experiment of {stored.name}",
        folder=Path.cwd(),
        name=stored.name,
    )


def header(prepared: Prepared, name: str, kind: Any) -> Header:
    """What is written down before the first trial."""
    experiment, train = prepared.experiment, prepared.split.train
    return Header(
        name=name,
        kind=kind,
        experiment=experiment.anchored.to_toml(),
        data_name=train.name,
        data_digest=prepared.digest,
        fingerprint=prepared.fingerprint,
        protocol=prepared.protocol,
        metric=prepared.metric.name,
        direction=prepared.metric.direction,
        trials=experiment.study.trials if kind == "sweep" else 1,
        ratings=prepared.ratings,
        users=prepared.catalogue.users,
        items=prepared.catalogue.items,
        tags=environment(),
    )


def study_of(prepared: Prepared) -> Study:
    """The study that `[study]` asks for."""
    from recsys.studies.make import make_study

    experiment = prepared.experiment
    if experiment.study.engine == "keras_tuner":  # it imports TensorFlow
        load_frameworks()
    return make_study(
        experiment.study,
        experiment.search_space,
        experiment.default_point,
        experiment.training.epochs,
        prepared.metric.direction,
    )


def free_name(name: str, taken: set[str]) -> str:
    """The name, with the first free number behind it where it is taken."""
    return next(n for n in chain([name], (f"{name}-{k}" for k in count(2))) if n not in taken)


def run_study(
    prepared: Prepared,
    study: Study,
    executor: Executor,
    tracker: Any,
    records: Sequence[Recorded],
    name: str,
    watch: Watch,
) -> SweepResult:
    """Run a study to its end, on a tracker that may hold records of an earlier life."""
    from recsys.tracking.writer import BackgroundTracker

    started = time.perf_counter()
    progress = Progress(name, prepared.metric, prepared.experiment.study.trials)
    background = BackgroundTracker(tracker, patience=prepared.experiment.tracking.patience)
    try:
        Loop(prepared, study, executor, background, records, progress, watch).run()
    except BaseException:
        background.close({}, finished=False)
        raise
    background.close(study.importances(), finished=True, extras=_extras(prepared, progress))
    return SweepResult(
        sweep=name,
        run_id=tracker.run_id,
        trials={state.lower(): number for state, number in progress.counts.items()},
        best=_best(tracker, progress),
        seconds=time.perf_counter() - started,
        seconds_asking=study.seconds_asking,
    )


def _best(tracker: Tracker, progress: Progress) -> Best | None:
    best = progress.best
    if best is None:
        return None
    run_ids = {record.number: record.run_id for record in tracker.records()}
    number = best.trial.number
    return Best(number, run_ids[number], best.values[progress.metric.name], dict(best.trial.point))


def _extras(prepared: Prepared, progress: Progress) -> dict[str, bytes]:
    """The layer table and the graph of the best trial's model."""
    if progress.best is None:
        return {}
    from recsys.models.catalog import build_model
    from recsys.models.summary import graph_png, layer_table

    split = prepared.split
    from recsys.training.data import TrainingData

    shape = TrainingData(split.train, split.validation).shape
    trial = progress.best.trial
    model = build_model(prepared.experiment.model, shape, trial.point, trial.seed)
    return {"model/layers.txt": layer_table(model).encode(), "model/graph.png": graph_png(model)}
