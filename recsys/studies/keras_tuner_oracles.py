"""KerasTuner's oracles, adapted to the study protocol.

They keep their state in memory only (MLflow is the record), never abort after failures, take the seed of each ask as an
argument, and accept given values for the next configuration.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import keras_tuner
import numpy as np
import sklearn
from keras_tuner import oracles
from keras_tuner.engine import trial as trial_module

from recsys.evaluation.metrics.metric import Direction

OBJECTIVE = "objective"
_COLLISIONS = 1000
"""Random points tried for a new one before the space counts as exhausted."""


class DirectedOracle(keras_tuner.Oracle):
    """The common base of the three oracles."""

    given: dict[str, Any] | None = None
    """The values of the next configuration; None lets the oracle propose."""
    open = True
    """Whether another configuration may be proposed."""
    trials: dict[str, Any]
    ongoing_trials: dict[str, Any]

    def __init__(self, hyperparameters: keras_tuner.HyperParameters, direction: Direction, **settings: Any) -> None:
        super().__init__(
            objective=keras_tuner.Objective(OBJECTIVE, direction[:3]),
            hyperparameters=hyperparameters,
            allow_new_entries=False,
            seed=1,  # any value but 0, which would count as unset; every ask sets its own
            max_consecutive_failed_trials=sys.maxsize,
            **settings,
        )
        self._max_collisions = _COLLISIONS
        self.verbose = 0

    def next(self, name: str, seed: int, given: dict[str, Any] | None, *, open_: bool) -> Any:
        """KerasTuner's next trial, which may not be RUNNING."""
        self.given, self.open = given, open_
        self._seed_state = seed
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # KerasTuner calls deprecated functions of Python
            return self.create_trial(name)

    def finish(self, trial: Any, value: float | None) -> None:
        """End a trial with its objective, or as failed for None."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if value is None:
                trial.status = trial_module.TrialStatus.FAILED
            else:
                self.update_trial(trial.trial_id, {OBJECTIVE: value})
                trial.status = trial_module.TrialStatus.COMPLETED
            self.end_trial(trial)

    def learn(self, values: dict[str, Any], value: float) -> None:
        """Add a finished trial of another study."""
        hyperparameters = self.hyperparameters.copy()
        hyperparameters.values = values
        name = f"learned-{len(self.trials)}"
        self.trials[name] = trial_module.Trial(hyperparameters, name, trial_module.TrialStatus.COMPLETED)
        self.trials[name].score = value

    def _random_values(self) -> dict[str, Any] | None:
        if self.given is not None:
            return dict(self.given)
        return super()._random_values() if self.open else None

    def save(self) -> None:
        """Write no file, as MLflow is the record."""

    def _save_trial(self, trial: Any) -> None:
        """Write no file, as MLflow is the record."""


class RandomOracle(DirectedOracle, oracles.RandomSearchOracle):
    """Random search over the space."""


class HyperbandOracle(DirectedOracle, oracles.HyperbandOracle):
    """Hyperband (Li et al. 2018), with iterations until the budget of configurations is used up."""


class BayesianOracle(DirectedOracle, oracles.BayesianOptimizationOracle):
    """A Gaussian process with a lower confidence bound."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """The next point; a random one if the proposal repeats an earlier point."""
        if self.given is not None:
            return {"status": trial_module.TrialStatus.RUNNING, "values": dict(self.given)}
        self._random_state = np.random.RandomState(self._seed_state)
        with sklearn.config_context(assume_finite=True):  # skips input checks of thousands of predictions
            self._fit_to_completed()
            populated: dict[str, Any] = super().populate_space(trial_id)
        repeats = populated["values"] is not None and self._duplicate(populated["values"])
        return self._random_populate_space() if repeats else populated

    def _fit_to_completed(self) -> None:
        """Fit a new process to the completed trials alone, so that no earlier ask affects the proposal."""
        self.gpr = self._make_gpr()
        status = trial_module.TrialStatus.COMPLETED
        known, running = dict(self.trials), dict(self.ongoing_trials)
        self.trials = {name: trial for name, trial in known.items() if trial.status == status}
        self.ongoing_trials = {}
        if self.trials:
            self.gpr.fit(*self._vectorize_trials())
        self.trials, self.ongoing_trials = known, running
