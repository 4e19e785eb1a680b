"""Promote: refit on train and validation, open the test once, pass the gate, register, crown."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.evaluation.baselines import Biases, GlobalMean
from recsys.evaluation.rating_metrics import clip
from recsys.experiment import Experiment
from recsys.registry.rule import Decision, decide
from recsys.tracking.tracker import Recorded, best_of
from recsys.training.trial import State, Trial
from recsys.workflows.frameworks import load_frameworks
from recsys.workflows.prepare import Prepared, Say, prepare, quiet
from recsys.workflows.sweep import stored_experiment
from recsys.workflows.testing import opened, rating_values

if TYPE_CHECKING:
    import keras

    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.serving.scorer import Scorer
    from recsys.tracking.mlflow_store import MlflowStore


@dataclass(frozen=True)
class Promotion:
    """What a promotion came to."""

    model: str
    version: int | None
    """The new champion; None where the candidate was refused."""
    promoted: bool
    reason: str
    test: Mapping[str, float]
    baselines: Mapping[str, float]
    run_id: str
    """The trial that was promoted."""


def promote(
    name: str,
    *,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    say: Say = quiet,
) -> Promotion:
    """Promote the best trial of a sweep, or the trial of a run.

    The point is trained again on train and validation for its best number of epochs, and the test part is opened once
    to score it. A candidate that does not beat the global mean and the biases-only baseline is refused. After the
    gate the point is trained on all ratings for serving.

    Args:
        name: A sweep, whose best trial is meant, or a trial's run.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        say: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep or run, or it has no complete trial.
    """
    load_frameworks()

    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.tracking.mlflow_store import MlflowStore

    store = MlflowStore(tracking_uri)
    sweep, record = chosen_trial(store, name)
    experiment = stored_experiment(store.header(sweep))
    prepared = prepare(experiment, sealed=False, allow_custom_factory=allow_custom_factory, say=say)
    model = experiment.promotion.name or prepared.split.train.name
    registry = MlflowRegistry(store.uri)
    with registry.lock(model):
        development = prepared.split.train.join(prepared.split.validation)
        candidate = scorer_of(prepared, [refit(experiment, record, development)])
        test = opened(store.uri, prepared, record.run_id, f"promote {name}")
        values = rating_values(test.values, candidate.predict(test.users, test.items))
        baselines = baseline_values(prepared, development, test)
        decision = decide(prepared.metric, values[prepared.metric.name], baselines)
        version = None
        if decision.promoted:
            version = _register(registry, model, prepared, record, development.join(test), decision, values)
        else:
            champion = registry.champion(model)
            registry.note(model, "refused", champion.version if champion else None, decision.reason, decision.numbers)
    return Promotion(model, version, decision.promoted, decision.reason, values, baselines, record.run_id)


def chosen_trial(store: MlflowStore, name: str) -> tuple[str, Recorded]:
    """The sweep's name and the trial that `name` means."""
    found = store.find(name)
    if found.kind == "trial":
        record = store.recorded(found.run_id)
        if record.told is None or record.told.state is not State.COMPLETE:
            raise InputError(f"{name}: the trial is not complete and cannot be promoted")
        return found.sweep, record
    ranked = best_of(store.open_sweep(found.sweep).records(), store.header(found.sweep).direction)
    if not ranked:
        raise InputError(f"{name}: the sweep has no complete trial to promote")
    return found.sweep, ranked[0]


def refit(experiment: Experiment, record: Recorded, ratings: Ratings) -> keras.Model:
    """The trial's point trained on `ratings` for its best number of epochs, silent about ids it has not seen."""
    from recsys.models.catalog import build_model, fill
    from recsys.serving.neutral import neutral
    from recsys.training.cohort import Trainer
    from recsys.training.data import TrainingData

    epochs = record.best_epoch + 1
    data = TrainingData(ratings, ratings.take(np.arange(0)))
    # there is no validation to stop by
    training = experiment.training.model_copy(update={"epochs": epochs, "patience": 0})
    trial = Trial(record.number, record.point, record.seed, epochs)
    (result,) = Trainer(experiment.model, data, training, experiment.objective).train([trial])
    if result.state is State.FAILED:
        raise InputError(f"the refit of trial {record.number} failed: {result.reason}")
    return fill(build_model(experiment.model, data.shape, record.point, record.seed), neutral(result.weights, ratings))


def scorer_of(prepared: Prepared, models: Sequence[keras.Model], shares: Sequence[float] = (1.0,)) -> Scorer:
    """Models as one scorer."""
    from recsys.serving.scorer import Scorer

    return Scorer(models, shares, prepared.split.train.scale if prepared.experiment.objective.clip else None)


def baseline_values(prepared: Prepared, development: Ratings, test: Ratings) -> dict[str, float]:
    """The objective of the two baselines on the test part."""
    values = {}
    for name, baseline in (("global_mean", GlobalMean()), ("biases_only", Biases())):
        predicted = baseline.fit(development).predict(test.users, test.items)
        if prepared.experiment.objective.clip:
            predicted = clip(predicted, test.scale)
        values[name] = rating_values(test.values, predicted)[prepared.metric.name]
    return values


def _register(
    registry: MlflowRegistry,
    model: str,
    prepared: Prepared,
    record: Recorded,
    everything: Ratings,
    decision: Decision,
    values: Mapping[str, float],
) -> int:
    from recsys.serving.mlflow_model import save_model
    from recsys.serving.recommender import Recommender, known_items

    served = scorer_of(prepared, [refit(prepared.experiment, record, everything)])
    tags = {
        "recsys.trial_run": record.run_id,
        "recsys.fingerprint": prepared.fingerprint,
        **{f"recsys.test.{name}": f"{value:.6f}" for name, value in values.items()},
    }
    with tempfile.TemporaryDirectory() as folder:
        save_model(Recommender(served, everything.catalogue, known_items(everything)), Path(folder) / "model")
        version = registry.register(model, Path(folder) / "model", tags)
    registry.crown(version, decision.reason, decision.numbers)
    return version.version
