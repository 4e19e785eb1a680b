"""KerasTuner behind the study protocol: its oracles propose, the suite trains."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import keras_tuner

from recsys.evaluation.metrics.metric import Direction
from recsys.spaces.space import Space
from recsys.studies.encoding import encoded
from recsys.studies.importances import importances
from recsys.studies.initial_points import initial_points
from recsys.studies.keras_tuner_oracles import BayesianOracle, DirectedOracle, HyperbandOracle, RandomOracle
from recsys.studies.keras_tuner_space import declare, point_of
from recsys.studies.study import StudySettings
from recsys.training.trial import FinishedTrial, Point, Trial, TrialState, Whole, trial_seed


class KerasTunerStudy:
    """A study in memory around one of KerasTuner's oracles.

    Hyperband counts its budget in epochs: a configuration that reaches the next rung is asked again with the same
    number, from the epoch where it paused. `trials` limits configurations, not these continuations.

    Args:
        space: The search space.
        default: The model's default point, with the values that the experiment fixes.
        settings: Sampler, budget and seed.
        epochs: Epochs of a trial; Hyperband's largest budget.
        direction: The direction of the objective.
        first: Points to ask before any proposal.
        warm_start: Finished trials of other sweeps.
        whole: From searched values to the complete point; by default it adds them to the default point.
    """

    def __init__(
        self,
        space: Space,
        default: Point,
        settings: StudySettings,
        epochs: int,
        direction: Direction,
        first: Sequence[Point] = (),
        warm_start: Sequence[tuple[Point, FinishedTrial]] = (),
        whole: Whole | None = None,
    ) -> None:
        self.space, self.default, self.settings, self.epochs = space, default, settings, epochs
        self.direction = direction
        self._whole = whole or partial(space.whole, default)
        self._first = initial_points(space, default, settings, first, warm_start=bool(warm_start))
        self._most = min(settings.trials, len(self._first)) if settings.sampler == "grid" else settings.trials
        self.seconds_asking = 0.0
        self._oracle = _oracle(space, default, settings, epochs, direction, len(warm_start))
        for point, finished in warm_start:
            if finished.state is TrialState.COMPLETE and finished.value is not None:
                self._oracle.learn(encoded(space, point), finished.value)
        self._asked = 0
        self._configurations = 0
        self._running: dict[int, Any] = {}
        """KerasTuner's trials, keyed by trial number."""
        self._numbers: dict[str, int] = {}
        """Trial numbers, keyed by KerasTuner's id; a continuation has a new id and the same number."""
        self._finished: dict[int, tuple[Point, float]] = {}

    def ask(self, n: int, recorded: Mapping[int, Point] = MappingProxyType({})) -> list[Trial]:
        """Propose trials; see `Study.ask`."""
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
            open_=number < self._most,
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
            self._whole(point_of(self.space, values)),
            trial_seed(self.settings.seed, number),
            last_epoch=values.get("tuner/epochs", self.epochs),
            first_epoch=values.get("tuner/initial_epoch", 0),
        )

    def _given(self, number: int, recorded: Mapping[int, Point]) -> dict[str, Any] | None:
        if number >= self._most:
            return None
        if number in recorded:
            return encoded(self.space, self.space.part(recorded[number]))
        return encoded(self.space, self._first[number]) if number < len(self._first) else None

    def report(self, trial: Trial, epoch: int, values: Sequence[float]) -> bool:  # noqa: ARG002 - the protocol's
        """Return True, as KerasTuner prunes no trial between rungs."""
        return True

    def tell(self, trial: Trial, finished: FinishedTrial) -> None:
        """Take the result of a trial, or of its part up to a rung."""
        failed = finished.state is TrialState.FAILED or finished.value is None
        self._oracle.finish(self._running.pop(trial.number), None if failed else finished.value)
        if finished.value is not None and not failed:
            self._finished[trial.number] = (trial.point, finished.value)

    def importances(self) -> Mapping[str, float]:
        """Parameter importances; see `Study.importances`."""
        return importances(self.space, list(self._finished.values()), self.direction)


def _oracle(
    space: Space, default: Point, settings: StudySettings, epochs: int, direction: Direction, warm_start: int
) -> DirectedOracle:
    hyperparameters = keras_tuner.HyperParameters()
    declare(hyperparameters, space, default)
    if settings.sampler == "hyperband":
        return HyperbandOracle(hyperparameters, direction, max_epochs=epochs, hyperband_iterations=None)
    # all points of a grid are given, as KerasTuner's grid search cannot start with given points
    oracles = {"bayesian": BayesianOracle, "random": RandomOracle, "grid": RandomOracle}
    return oracles[settings.sampler](hyperparameters, direction, max_trials=settings.trials + warm_start)
