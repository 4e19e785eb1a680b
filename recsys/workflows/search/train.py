"""Train one fixed point, without a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recsys.errors import RecsysError
from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides
from recsys.reporter import Reporter, quiet
from recsys.tracking.names import checked_name
from recsys.tracking.tracker import Tracker
from recsys.training.trial import Result, Trial, TrialState, trial_seed
from recsys.workflows.search.mirrored import check_mirror, mirror_of, mirrored
from recsys.workflows.search.prepare import Prepared, effective_experiment, prepare
from recsys.workflows.search.stored import free_name, header_of, rebuild
from recsys.workflows.search.stores import open_store, store_begun
from recsys.workflows.search.test_access import score_test
from recsys.workflows.search.with_data import Data, with_data


@dataclass(frozen=True)
class TrainResult:
    """The result of a training."""

    name: str
    run_id: str
    parameters: int
    """Trainable parameters of the model."""
    best_epoch: int
    validation: Mapping[str, float]
    test: Mapping[str, float] | None
    """Values on the test part; None if it was not opened."""
    seconds: float


def train(
    experiment: Experiment | str | Path,
    *,
    data: Data | None = None,
    open_test: bool = False,
    name: str | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    allow_custom_tracker: bool = False,
    reporter: Reporter = quiet,
) -> TrainResult:
    """Train the experiment's fixed point: `[point]` over the model's defaults.

    Args:
        experiment: The experiment or its file.
        data: In place of the experiment's own: a pandas, polars or pyarrow table, kept as a Parquet file beside the
            store, or a file. Its columns are as `[data.columns]` says, or found out where that says nothing.
        open_test: Also score the test part, and record the access to it.
        name: The run's name; the file's by default, with a number appended if that is taken.
        seed: In place of `study.seed` and `training.seed`.
        overrides: More values in place of the file's, as `{"section.key": value}` or `["section.key=value"]`.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        allow_custom_tracker: Whether `[tracking] mirror` may.
        reporter: Receives messages, such as those of downloads.

    Raises:
        InputError: The experiment or its data are wrong.
        RecsysError: The training failed.
    """
    if name:
        checked_name(name)
    experiment = with_data(experiment, data, overrides, tracking_uri, reporter)
    experiment = effective_experiment(experiment, seed=seed, overrides=overrides)
    check_mirror(experiment, allow=allow_custom_tracker, reporter=reporter)
    prepared = prepare(experiment, sealed=not open_test, allow_custom_factory=allow_custom_factory, reporter=reporter)
    with store_begun(tracking_uri):
        load_frameworks()

    store = open_store(tracking_uri, create=True, reporter=reporter)
    chosen = name or free_name(experiment.name, store.names())
    header = header_of(prepared, chosen, "train")
    mirror = mirror_of(prepared, header, reporter)
    tracker = mirrored(store.create_sweep(header, prepared.catalogue), mirror)
    trial = Trial(0, experiment.default_point, trial_seed(experiment.study.seed, 0), experiment.training.epochs)
    result = _tracked(prepared, trial, tracker, chosen)
    (record,) = tracker.records()
    scorer = rebuild(prepared, result.weights, record)
    test = None
    if open_test:
        test = score_test(store.uri, prepared, scorer, prepared.split.train, record.run_id, "train --open-test")
    return TrainResult(
        name=chosen,
        run_id=record.run_id,
        parameters=sum(int(variable.value.shape.num_elements()) for variable in scorer.models[0].trainable_variables),
        best_epoch=result.best_epoch,
        validation=dict(result.values),
        test=test,
        seconds=result.seconds,
    )


def _tracked(prepared: Prepared, trial: Trial, tracker: Tracker, name: str) -> Result:
    """Train and record the one trial of a run.

    Raises:
        RecsysError: The training failed; the run has the reason.
    """
    from recsys.models.training_data import TrainingData
    from recsys.training.cohort import Trainer

    experiment, split, finished = prepared.experiment, prepared.split, False
    try:
        data = TrainingData(split.train, split.validation)
        tracker.start([trial])
        (result,) = Trainer(experiment.model, data, experiment.training, experiment.objective).train([trial])
        tracker.finish(result)
        if result.state is TrialState.FAILED:
            raise RecsysError(f"{name}: {result.reason}")
        finished = True
    finally:
        tracker.close({}, finished=finished)
    return result
