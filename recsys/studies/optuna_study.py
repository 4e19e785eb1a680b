"""Optuna behind the study protocol: its samplers; median, successive-halving and Hyperband pruning."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import optuna

from recsys.evaluation.metrics.metric import Direction
from recsys.spaces.branches import point_count
from recsys.spaces.parameter import Value
from recsys.spaces.space import Space
from recsys.studies.dominance_pruner import DominancePruner
from recsys.studies.encoding import decode, encoded
from recsys.studies.importances import importances
from recsys.studies.initial_points import initial_points
from recsys.studies.optuna_sampler import DistinctSampler
from recsys.studies.optuna_space import STATES, frozen_trial, suggest
from recsys.studies.study import StudySettings
from recsys.training.trial import FinishedTrial, Point, Trial, TrialState, Whole, trial_seed


class OptunaStudy:
    """An in-memory Optuna study. The randomness of an ask depends only on its seed and the trial's number.

    Args:
        space: The search space.
        default: The model's default point, with the values that the experiment fixes.
        settings: Sampler, pruner, budget and seed.
        epochs: Epochs of a trial.
        direction: The direction of the leading objective.
        first: Points to ask before any proposal; they may be partial.
        warm_start: Finished trials of other sweeps. Sampler and pruner use them; they do not count as trials.
        whole: From searched values to the complete point; by default it adds them to the default point.
        further: The other objectives and their directions, for multi-objective studies.
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
        further: Mapping[str, Direction] = MappingProxyType({}),
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.space, self.default, self.settings, self.epochs = space, default, settings, epochs
        self.direction, self.further = direction, further
        self._whole = whole or partial(space.whole, default)
        self._first = initial_points(space, default, settings, first, warm_start=bool(warm_start))
        self.seconds_asking = 0.0
        self._size = point_count(space)
        self._sampler = DistinctSampler(settings, space, len(warm_start))
        directions = [direction, *further.values()]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            # Hyperband's bracket depends on the study's name
            self._study = optuna.create_study(
                directions=directions,
                study_name="recsys",
                sampler=self._sampler,
                pruner=self._pruner(),
            )
        self._dominance = DominancePruner(directions) if settings.pruner == "dominated" else None
        self._study.add_trials(
            [
                frozen_trial(space, point, finished.state, finished.value, finished.history)
                for point, finished in warm_start
            ]
        )
        self._trials: dict[int, optuna.Trial] = {}

    def ask(self, n: int, recorded: Mapping[int, Point] = MappingProxyType({})) -> list[Trial]:
        """Propose trials; see `Study.ask`."""
        started = time.perf_counter()
        asked = []
        for number in range(len(self._trials), min(len(self._trials) + n, self.settings.trials)):
            begun = self._begin(number, recorded.get(number))
            if begun is None:
                break
            self._trials[number] = begun
            point = self._whole(suggest(begun, self.space))
            self._sampler.seen.add(self._sampler.key(begun.params))
            asked.append(Trial(number, point, trial_seed(self.settings.seed, number), self.epochs))
        self.seconds_asking += time.perf_counter() - started
        return asked

    def report(self, trial: Trial, epoch: int, values: Sequence[float]) -> bool:
        """Decide whether a trial continues; see `Study.report`."""
        if self._dominance is not None:
            return self._dominance.keeps_going(trial.number, epoch, values)
        own = self._trials[trial.number]
        own.report(values[0], epoch)
        return not own.should_prune()

    def tell(self, trial: Trial, finished: FinishedTrial) -> None:
        """Take a trial's result, see `Study.tell`; a pruned trial counts with its last reported value."""
        values = [finished.value, *(finished.beside.get(name) for name in self.further)]
        known = [value for value in values if value is not None and (not self.further or math.isfinite(value))]
        state = (
            finished.state
            if finished.state is not TrialState.COMPLETE or len(known) == len(values)
            else TrialState.FAILED
        )
        if self._dominance is not None:
            self._dominance.end(trial.number, complete=state is TrialState.COMPLETE)
        self._study.tell(
            self._trials[trial.number], known if state is TrialState.COMPLETE else None, state=STATES[state]
        )

    def importances(self) -> Mapping[str, float]:
        """Parameter importances; see `Study.importances`."""
        own = [self._study.get_trials(deepcopy=False)[trial.number] for trial in self._trials.values()]
        decoded = [
            ({name: decode(self.space[name], value) for name, value in trial.params.items()}, trial.values[0])
            for trial in own
            if trial.state is optuna.trial.TrialState.COMPLETE
        ]
        return importances(self.space, decoded, self.direction)

    def _begin(self, number: int, recorded: Point | None) -> optuna.Trial | None:
        """Optuna's trial of that number; None if the space is exhausted."""
        known = self._first[number] if number < len(self._first) else {}
        if recorded is not None:
            begun = self._enqueued(self.space.part(recorded))
            if self.settings.stateful and not self.space.admits(known):
                _ = (
                    begun.relative_params
                )  # proposes again, for the state of the sampler; the point is that of the record
            return begun
        if known:
            return self._enqueued(known)
        if self.settings.sampler == "grid":
            return None
        if self._size is not None and len(self._sampler.seen) >= self._size:
            return None
        return self._study.ask()

    def _enqueued(self, searched: Mapping[str, Value]) -> optuna.Trial:
        self._study.enqueue_trial(encoded(self.space, searched))
        return self._study.ask()

    def _pruner(self) -> optuna.pruners.BasePruner:
        pruners: dict[str, Callable[[], optuna.pruners.BasePruner]] = {
            "none": optuna.pruners.NopPruner,
            "dominated": optuna.pruners.NopPruner,
            "median": lambda: optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=2),
            "successive_halving": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=2),
            "hyperband": lambda: optuna.pruners.HyperbandPruner(min_resource=2, max_resource=self.epochs),
        }
        return pruners[self.settings.pruner]()
