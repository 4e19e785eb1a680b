"""A model factory as an Optuna objective, for use with `study.optimize`."""

from __future__ import annotations

from collections.abc import Sequence

import optuna

from recsys.spaces.space import Space
from recsys.studies.optuna_space import suggest
from recsys.training.cohort import Trainer
from recsys.training.trial import Trial, TrialState, Whole, trial_seed


class RecommenderObjective:
    """Suggests a space's parameters, trains the point and returns the validation objective.

    Every epoch is reported, so any pruner works; a trial that diverges returns NaN, which Optuna marks as failed.

    Args:
        space: The search space to suggest from.
        whole: From searched values to the complete point of the model.
        trainer: Trains the points, as cohorts of one.
        epochs: Epochs of a trial.
        seed: Together with the trial's number, the seed of initial weights and dropout.
    """

    def __init__(self, space: Space, whole: Whole, trainer: Trainer, epochs: int, seed: int) -> None:
        self.space, self.whole, self.trainer = space, whole, trainer
        self.epochs, self.seed = epochs, seed

    def __call__(self, trial: optuna.Trial) -> float:
        """Train the point of a trial and return its validation objective."""
        point = self.whole(suggest(trial, self.space))

        def report(_trials: Sequence[Trial], epoch: int, values: Sequence[Sequence[float]]) -> list[TrialState | None]:
            trial.report(values[0][0], epoch)
            return [TrialState.PRUNED if trial.should_prune() else None]

        own = Trial(trial.number, point, trial_seed(self.seed, trial.number), self.epochs)
        (result,) = self.trainer.train([own], report)
        if result.state is TrialState.PRUNED:
            raise optuna.TrialPruned(result.reason)
        if result.state is TrialState.FAILED:
            trial.set_user_attr("reason", result.reason)
            return float("nan")
        return result.values[self.trainer.metric.name]
