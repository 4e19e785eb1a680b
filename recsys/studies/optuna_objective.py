"""A model factory as an Optuna objective, for people who call `study.optimize` themselves."""

from __future__ import annotations

from collections.abc import Sequence

import optuna

from recsys.spaces.parameter import FloatParameter, IntParameter, Parameter, Value
from recsys.spaces.space import Space
from recsys.studies.encoding import encode
from recsys.training.cohort import Trainer
from recsys.training.trial import Point, State, Trial, trial_seed


class RecommenderObjective:
    """Suggests a space's parameters, trains the point and returns the validation objective.

    Every epoch is reported, so any pruner works; a trial that diverges returns NaN, which Optuna marks as failed.

    Args:
        space: What is suggested.
        default: The model's default point, with what the experiment fixes.
        trainer: Trains the points, as cohorts of one.
        epochs: Epochs of a trial.
        seed: With the trial's number it gives the seed of initial weights and dropout.
    """

    def __init__(self, space: Space, default: Point, trainer: Trainer, epochs: int, seed: int) -> None:
        self.space, self.default, self.trainer = space, default, trainer
        self.epochs, self.seed = epochs, seed

    def __call__(self, trial: optuna.Trial) -> float:
        """Train one trial."""
        point = {**self.default, **{name: _suggest(trial, name, each) for name, each in self.space.items()}}

        def report(_trials: Sequence[Trial], epoch: int, values: Sequence[float]) -> list[bool]:
            trial.report(values[0], epoch)
            return [not trial.should_prune()]

        own = Trial(trial.number, point, trial_seed(self.seed, trial.number), self.epochs)
        (result,) = self.trainer.train([own], report)
        if result.state is State.PRUNED:
            raise optuna.TrialPruned(result.reason)
        if result.state is State.FAILED:
            trial.set_user_attr("reason", result.reason)
            return float("nan")
        return result.values[self.trainer.metric.name]


def _suggest(trial: optuna.Trial, name: str, parameter: Parameter) -> Value:
    if isinstance(parameter, IntParameter):
        log = parameter.scale == "log"
        return trial.suggest_int(name, parameter.low, parameter.high, step=parameter.step, log=log)
    if isinstance(parameter, FloatParameter):
        log = parameter.scale == "log"
        return trial.suggest_float(name, parameter.low, parameter.high, step=parameter.step, log=log)
    encoded = {encode(value): value for value in parameter.values}
    return encoded[trial.suggest_categorical(name, list(encoded))]  # type: ignore[index]  # it is one of those given
