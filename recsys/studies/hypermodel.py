"""A model factory as a KerasTuner hypermodel, for use with KerasTuner's own tuners."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import keras
import keras_tuner
from keras_tuner.errors import FailedTrialError

from recsys.models.hyperparameters import TRAINING_DEFAULTS
from recsys.models.kind import ranks
from recsys.models.model import build_model, fill
from recsys.spaces.space import Space
from recsys.studies.keras_tuner_space import declare, point_of
from recsys.training.cohort import Trainer
from recsys.training.trial import TRAIN, Point, Result, Snapshot, Trial, TrialState, Whole


class RecommenderHyperModel(keras_tuner.HyperModel):
    """Declares a space's parameters in `build` and trains as the suite trains in `fit`.

    A tuner's objective can be `loss` and, for a model of ratings, `val_rmse`, `val_mae` and `val_rounded_mae`. If the
    experiment's objective is a list metric, it can be any list metric, such as `val_ndcg`; its direction must be given:
    `keras_tuner.Objective("val_ndcg", "max")`.

    Args:
        space: The space that `build` declares.
        default: The model's default point, with the values that the experiment fixes.
        whole: From searched values to the complete point of the model.
        trainer: Trains the points, as cohorts of one.
        epochs: Epochs of a trial, unless the tuner sets them (Hyperband does).
        seed: The seed of initial weights and dropout, the same for every point.
    """

    def __init__(self, space: Space, default: Point, whole: Whole, trainer: Trainer, epochs: int, seed: int) -> None:
        super().__init__(name="recommender")
        self.space, self.default, self.whole, self.trainer = space, default, whole, trainer
        self.epochs, self.seed = epochs, seed
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._snapshots: dict[int, Snapshot] = {}

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        """The Keras model of the point, compiled with its learning rate and, for ratings, with its loss.

        Keras cannot compute a loss of rankings, which needs all positives of a user; `fit` computes it.
        """
        point = self._point(hp)
        model = build_model(self.trainer.model.at(point), self.trainer.data.shape, point, self.seed)
        given = {**TRAINING_DEFAULTS, **point}
        optimizer = keras.optimizers.Adam(given["learning_rate"])
        if ranks([point]):
            model.compile(optimizer)
        else:
            rated = [keras.metrics.RootMeanSquaredError("rmse"), keras.metrics.MeanAbsoluteError("mae")]
            model.compile(optimizer, loss=given["loss"], metrics=rated)
        return model

    def fit(
        self,
        hp: keras_tuner.HyperParameters,
        model: keras.Model,
        *,
        epochs: int | None = None,
        initial_epoch: int = 0,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        **_ignored: Any,
    ) -> dict[str, float]:
        """Train the point, set the best weights in `model`, and return the values of the best epoch.

        A configuration that Hyperband promotes continues with its weights and optimizer state. Callbacks run after
        training, once for each epoch, with the best weights in the model.
        """
        point = self._point(hp)
        number = self._numbers.setdefault(tuple(sorted(point.items())), len(self._numbers))
        trial = Trial(number, point, self.seed, epochs or self.epochs, initial_epoch)
        resumable = "tuner/epochs" in hp.values
        with self._without_patience() if resumable else contextlib.nullcontext():
            (result,) = self.trainer.train([trial], snapshots=self._snapshots, resumable=resumable)
        if result.state is TrialState.FAILED:
            raise FailedTrialError(result.reason)
        if result.snapshot is not None:
            self._snapshots[number] = result.snapshot
        fill(model, result.weights)
        _run_through(callbacks, model, result)
        return _logs(result, result.best_epoch)

    def _point(self, hp: keras_tuner.HyperParameters) -> Point:
        return self.whole(point_of(self.space, declare(hp, self.space, self.default)))

    @contextlib.contextmanager
    def _without_patience(self) -> Any:
        """Disable early stopping, as Hyperband alone decides how long a trial trains."""
        usual = self.trainer.training
        self.trainer.training = usual.model_copy(update={"patience": 0})
        try:
            yield
        finally:
            self.trainer.training = usual


def _logs(result: Result, epoch: int) -> dict[str, float]:
    """The values of an epoch, keyed by their names in Keras."""
    names = {name: name.removeprefix(TRAIN) if name.startswith(TRAIN) else f"val_{name}" for name in result.history}
    return {names[name]: values[epoch] for name, values in result.history.items()}


def _run_through(callbacks: Sequence[keras.callbacks.Callback], model: keras.Model, result: Result) -> None:
    every = keras.callbacks.CallbackList(list(callbacks), model=model)
    every.on_train_begin()
    for epoch in range(len(result.history["train_loss"])):
        every.on_epoch_begin(epoch)
        every.on_epoch_end(epoch, _logs(result, epoch))
    every.on_train_end()
