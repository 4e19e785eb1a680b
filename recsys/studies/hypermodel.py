"""A model factory as a KerasTuner hypermodel, for people who run a stock tuner themselves."""

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

    The objectives that a tuner can be given are `loss` and, of a model of ratings, `val_rmse`, `val_mae` and
    `val_rounded_mae`; where the experiment's objective is of lists, `val_ndcg` and every other metric of lists, all of
    which a tuner has to be told the direction of: `keras_tuner.Objective("val_ndcg", "max")`.

    Args:
        space: What `build` declares.
        default: The model's default point, with what the experiment fixes.
        whole: From what was searched to the point of the model.
        trainer: Trains the points, as cohorts of one.
        epochs: Epochs of a trial, unless the tuner says otherwise (Hyperband does).
        seed: Of initial weights and dropout, the same for every point.
    """

    def __init__(self, space: Space, default: Point, whole: Whole, trainer: Trainer, epochs: int, seed: int) -> None:
        super().__init__(name="recommender")
        self.space, self.default, self.whole, self.trainer = space, default, whole, trainer
        self.epochs, self.seed = epochs, seed
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._snapshots: dict[int, Snapshot] = {}

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        """The ordinary Keras model of the point, compiled with its learning rate and, of ratings, with its loss.

        A loss of rankings is none that Keras could be told, as it is of all that a user has chosen; `fit` knows it.
        """
        point = self._point(hp)
        model = build_model(self.trainer.model, self.trainer.data.shape, point, self.seed)
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
        """Train the point, leave its best weights in `model`, and give its values at the best epoch.

        A configuration that Hyperband promotes goes on from its weights and its optimizer's state. Callbacks are run
        through the epochs afterwards, with the best weights in the model.
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
        """Hyperband itself decides who stops when."""
        usual = self.trainer.training
        self.trainer.training = usual.model_copy(update={"patience": 0})
        try:
            yield
        finally:
            self.trainer.training = usual


def _logs(result: Result, epoch: int) -> dict[str, float]:
    """The values of an epoch by Keras's names."""
    names = {name: name.removeprefix(TRAIN) if name.startswith(TRAIN) else f"val_{name}" for name in result.history}
    return {names[name]: values[epoch] for name, values in result.history.items()}


def _run_through(callbacks: Sequence[keras.callbacks.Callback], model: keras.Model, result: Result) -> None:
    every = keras.callbacks.CallbackList(list(callbacks), model=model)
    every.on_train_begin()
    for epoch in range(len(result.history["train_loss"])):
        every.on_epoch_begin(epoch)
        every.on_epoch_end(epoch, _logs(result, epoch))
    every.on_train_end()
