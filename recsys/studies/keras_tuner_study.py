"""KerasTuner behind the study protocol: its oracles propose, the suite trains."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import keras_tuner

from recsys.evaluation.metric import Direction
from recsys.spaces.space import Space
from recsys.studies.encoding import encode
from recsys.studies.grid import grid_axes
from recsys.studies.importances import importances
from recsys.studies.keras_tuner_oracles import (
    BayesianOracle,
    DirectedOracle,
    GridOracle,
    HyperbandOracle,
    RandomOracle,
)
from recsys.studies.keras_tuner_space import declare, point_of
from recsys.studies.study import StudySettings
from recsys.training.trial import Point, State, Told, Trial, trial_seed


class KerasTunerStudy:
    """A study in memory around one of KerasTuner's oracles.

    Hyperband counts its budget in epochs: a configuration that reaches the next rung is asked for again under its own
    number, from the epoch where it paused. `trials` limits the configurations, not these continuations.

    Args:
        space: What to search.
        default: The model's default point, with what the experiment fixes.
        settings: Sampler, budget, seed.
        epochs: Epochs of a trial; Hyperband's largest budget.
        direction: Of the objective.
    """

    def __init__(
        self, space: Space, default: Point, settings: StudySettings, epochs: int, direction: Direction
    ) -> None:
        self.space, self.default, self.settings, self.epochs = space, default, settings, epochs
        self.direction = direction
        self.seconds_asking = 0.0
        self._oracle = _oracle(space, default, settings, epochs, direction)
        self._asked = 0
        self._configurations = 0
        self._running: dict[int, Any] = {}
        """KerasTuner's own trials by our number."""
        self._numbers: dict[str, int] = {}
        """Our numbers by KerasTuner's id; a continuation has a new id and the old number."""
        self._told: dict[int, tuple[Point, float]] = {}

    def ask(self, n: int, recorded: Mapping[int, Point] = MappingProxyType({})) -> list[Trial]:
        """Up to `n` trials; see the protocol."""
        started = time.perf_counter()
        asked: list[Trial] = []
        while len(asked) < n and (trial := self._next(recorded)):
            asked.append(trial)
        self.seconds_asking += time.perf_counter() - started
        return sorted(asked, key=lambda trial: trial.number)

    def _next(self, recorded: Mapping[int, Point]) -> Trial | None:
        number = self._configurations
        own = self._oracle.next(
            name=f"ask {self._asked}",
            seed=trial_seed(self.settings.seed, number),
            given=self._given(number, recorded),
            open_=number < self.settings.trials,
        )
        if own.status != "RUNNING":
            return None
        self._asked += 1
        values = own.hyperparameters.values
        if "tuner/trial_id" in values:
            number = self._numbers[values["tuner/trial_id"]]
        else:
            self._configurations += 1
        self._numbers[own.trial_id] = number
        self._running[number] = own
        return Trial(
            number,
            {**self.default, **point_of(self.space, values)},
            trial_seed(self.settings.seed, number),
            last_epoch=values.get("tuner/epochs", self.epochs),
            first_epoch=values.get("tuner/initial_epoch", 0),
        )

    def _given(self, number: int, recorded: Mapping[int, Point]) -> dict[str, Any] | None:
        if self.settings.sampler == "grid" or number >= self.settings.trials:
            return None
        if number in recorded:
            return {name: encode(recorded[number][name]) for name in self.space}
        if number == 0:
            return {name: encode(value) for name, value in self.space.nearest(self.default).items()}
        return None

    def report(self, trial: Trial, epoch: int, value: float) -> bool:  # noqa: ARG002 - the protocol's
        """Go on: KerasTuner prunes nothing between rungs."""
        return True

    def tell(self, trial: Trial, told: Told) -> None:
        """Take what became of a trial, or of its way up to a rung."""
        failed = told.state is State.FAILED or told.value is None
        self._oracle.finish(self._running.pop(trial.number), None if failed else told.value)
        if told.value is not None and not failed:
            self._told[trial.number] = (trial.point, told.value)

    def importances(self) -> Mapping[str, float]:
        """See `recsys.studies.importances`."""
        return importances(self.space, list(self._told.values()), self.direction)


def _oracle(space: Space, default: Point, settings: StudySettings, epochs: int, direction: Direction) -> DirectedOracle:
    hyperparameters = keras_tuner.HyperParameters()
    if settings.sampler == "grid":
        for name, values in grid_axes(space, settings.trials).items():
            hyperparameters.Choice(name, [encode(value) for value in values])
        return GridOracle(hyperparameters, direction, max_trials=settings.trials)
    declare(hyperparameters, space, default)
    if settings.sampler == "hyperband":
        return HyperbandOracle(hyperparameters, direction, max_epochs=epochs, hyperband_iterations=None)
    oracle = BayesianOracle if settings.sampler == "bayesian" else RandomOracle
    return oracle(hyperparameters, direction, max_trials=settings.trials)
