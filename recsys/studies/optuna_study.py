"""Optuna behind the study protocol: TPE, random, grid; median, successive-halving and Hyperband pruning."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType

import optuna
from optuna.trial import TrialState

from recsys.evaluation.metric import Direction
from recsys.spaces.parameter import Value
from recsys.spaces.space import Space
from recsys.studies.encoding import decode, encode
from recsys.studies.grid import grid_points
from recsys.studies.importances import importances
from recsys.studies.optuna_sampler import FreshSampler
from recsys.studies.optuna_space import STATES, distribution
from recsys.studies.study import StudySettings
from recsys.training.trial import Point, State, Told, Trial, trial_seed


class OptunaStudy:
    """A study in memory, whose randomness in an ask comes from its seed and the trial's number alone.

    Args:
        space: What to search.
        default: The model's default point, with what the experiment fixes.
        settings: Sampler, pruner, budget, seed.
        epochs: Epochs of a trial.
        direction: Of the objective.
    """

    def __init__(
        self, space: Space, default: Point, settings: StudySettings, epochs: int, direction: Direction
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.space, self.default, self.settings, self.epochs = space, default, settings, epochs
        self.direction = direction
        self.seconds_asking = 0.0
        self._distributions = {name: distribution(parameter) for name, parameter in space.items()}
        self._sampler = FreshSampler(settings.sampler, settings.seed, self._distributions)
        self._grid = grid_points(space, settings.trials) if settings.sampler == "grid" else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            # Hyperband's bracket depends on the study's name
            self._study = optuna.create_study(
                direction=direction, study_name="recsys", sampler=self._sampler, pruner=self._pruner()
            )
        self._trials: dict[int, optuna.Trial] = {}

    def ask(self, n: int, recorded: Mapping[int, Point] = MappingProxyType({})) -> list[Trial]:
        """Up to `n` trials; see the protocol."""
        started = time.perf_counter()
        asked = []
        for number in range(len(self._trials), min(len(self._trials) + n, self.settings.trials)):
            begun = self._begin(number, recorded.get(number))
            if begun is None:
                break
            self._trials[number] = begun
            searched = {name: decode(self.space[name], value) for name, value in begun.params.items()}
            self._sampler.seen.add(self._sampler.key(begun.params))
            asked.append(
                Trial(number, {**self.default, **searched}, trial_seed(self.settings.seed, number), self.epochs)
            )
        self.seconds_asking += time.perf_counter() - started
        return asked

    def report(self, trial: Trial, epoch: int, value: float) -> bool:
        """Whether to go on after this epoch."""
        own = self._trials[trial.number]
        own.report(value, epoch)
        return not own.should_prune()

    def tell(self, trial: Trial, told: Told) -> None:
        """Take what became of a trial; a pruned one counts with its last reported value."""
        value = told.value if told.state is State.COMPLETE else None
        self._study.tell(self._trials[trial.number], value, state=STATES[told.state])

    def importances(self) -> Mapping[str, float]:
        """See `recsys.studies.importances`."""
        complete = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        decoded = [
            ({name: decode(self.space[name], value) for name, value in trial.params.items()}, trial.values[0])
            for trial in complete
        ]
        return importances(self.space, decoded, self.direction)

    def _begin(self, number: int, recorded: Point | None) -> optuna.Trial | None:
        """Optuna's own trial of that number; None where the space is exhausted."""
        if recorded is not None:
            return self._enqueued({name: recorded[name] for name in self.space})
        if self._grid is not None:
            return self._enqueued(self._grid[number]) if number < len(self._grid) else None
        if number == 0:
            return self._enqueued(self.space.nearest(self.default))
        if self.space.size is not None and len(self._sampler.seen) >= self.space.size:
            return None
        return self._study.ask(self._distributions)

    def _enqueued(self, searched: Mapping[str, Value]) -> optuna.Trial:
        self._study.enqueue_trial({name: encode(value) for name, value in searched.items()})
        return self._study.ask(self._distributions)

    def _pruner(self) -> optuna.pruners.BasePruner:
        pruners: dict[str, Callable[[], optuna.pruners.BasePruner]] = {
            "none": optuna.pruners.NopPruner,
            "median": lambda: optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=2),
            "successive_halving": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=2),
            "hyperband": lambda: optuna.pruners.HyperbandPruner(min_resource=2, max_resource=self.epochs),
        }
        return pruners[self.settings.pruner]()
