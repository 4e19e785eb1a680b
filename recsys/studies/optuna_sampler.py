"""An Optuna sampler that avoids repeated points."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.trial import FrozenTrial, TrialState

from recsys.spaces.branches import condition_groups
from recsys.spaces.space import Space
from recsys.studies.custom_sampler import custom_sampler, proposal_errors
from recsys.studies.encoding import decode
from recsys.studies.optuna_space import distribution
from recsys.studies.study import StudySettings
from recsys.training.trial import trial_seed

_TRIES = 20
"""The maximal number of proposals for a point that is not a repetition."""
_SAMPLERS: Mapping[str, Callable[[int], optuna.samplers.BaseSampler]] = {
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "grid": lambda seed: optuna.samplers.RandomSampler(seed=seed),  # the study enqueues all points of the grid
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
    "cmaes": lambda seed: optuna.samplers.CmaEsSampler(seed=seed),
    "nsgaii": lambda seed: optuna.samplers.NSGAIISampler(seed=seed, population_size=16),  # a generation for each batch
    "qmc": lambda seed: optuna.samplers.QMCSampler(seed=seed, scramble=True),
}
"""From a seed to an Optuna sampler, keyed by name."""
_BY_GROUPS = ("tpe", "random", "grid")
"""The samplers that propose groups of conditional parameters from the trials that have them."""
_ONE_SEQUENCE = ("qmc",)
"""The samplers whose proposals are elements of one sequence, which depends on the seed."""


class DistinctSampler(optuna.samplers.BaseSampler):
    """Wraps one of Optuna's samplers, and asks it again if it repeats a point.

    It asks again within the same trial. A discarded trial would use up a number, by which Optuna's Hyperband chooses
    the bracket. The randomness of a proposal depends only on the study's seed and the trial's number.

    Args:
        settings: The sampler and the study's seed.
        space: The search space.
        warm_start: The number of trials of other studies that come before its own.
    """

    def __init__(self, settings: StudySettings, space: Space, warm_start: int) -> None:
        self.settings, self.warm_start, self.space = settings, warm_start, space
        self._make = custom_sampler(settings) if settings.custom_sampler else _SAMPLERS[settings.sampler]
        distributions = {name: distribution(parameter) for name, parameter in space.items()}
        self._open = {name: each for name, each in distributions.items() if not each.single()}
        self._single = {name: parameter.ends[0] for name, parameter in space.items() if name not in self._open}
        self._groups = condition_groups(space)
        self.seen: set[tuple[Any, ...]] = set()
        """The keys of all points so far; see `key`."""

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:  # noqa: ARG002 - Optuna's signature
        """All parameters with more than one value."""
        return dict(sorted(self._open.items()))

    def sample_relative(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        search_space: dict[str, BaseDistribution],  # noqa: ARG002 - Optuna's signature; it goes by groups
    ) -> dict[str, Any]:
        """A complete point; a repetition only if every proposal was one."""
        for sampler, independent in self._samplers(trial.number):
            with proposal_errors(self.settings):
                point = self._sampled(sampler, independent, study, trial)
            if self.key(point) not in self.seen:
                break
        return point

    def _sampled(
        self,
        sampler: optuna.samplers.BaseSampler,
        independent: optuna.samplers.BaseSampler,
        study: optuna.Study,
        trial: FrozenTrial,
    ) -> dict[str, Any]:
        """Propose a point group by group; parameters with the same conditions form a group."""
        point: dict[str, Any] = {}
        for place, group in enumerate(self._groups):
            decoded = {name: decode(self.space[name], value) for name, value in point.items()}
            active = self.space.active({**self._single, **decoded})
            open_ = {name: self._open[name] for name in sorted(group) if name in self._open and name in active}
            if place == 0 or self.settings.sampler in _BY_GROUPS:
                together = self._together(sampler, study, trial, open_)
                point |= sampler.sample_relative(study, trial, together) if together else {}
            for name in group:
                if name in open_ and name not in point:
                    point[name] = independent.sample_independent(study, trial, name, open_[name])
        return point

    def _together(
        self,
        sampler: optuna.samplers.BaseSampler,
        study: optuna.Study,
        trial: FrozenTrial,
        group: Mapping[str, BaseDistribution],
    ) -> dict[str, BaseDistribution]:
        """The parameters of a group that the sampler proposes jointly; the others are sampled independently."""
        if self.settings.custom_sampler:
            its = sampler.infer_relative_search_space(study, trial)
            return {name: each for name, each in its.items() if name in group}
        if self.settings.sampler == "cmaes":
            numbers = {name: each for name, each in group.items() if not isinstance(each, CategoricalDistribution)}
            return numbers if len(numbers) > 1 else {}
        return dict(group)

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Sample a parameter that became active by a given value."""
        _, independent = next(self._samplers(trial.number))
        return independent.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(
        self, study: optuna.Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None
    ) -> None:
        """Pass the end of a trial on to a custom sampler."""
        if self.settings.custom_sampler:
            sampler, _ = next(self._samplers(trial.number))
            sampler.after_trial(study, trial, state, values)

    def key(self, params: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values that identify a point."""
        return tuple(params.get(name) for name in self._open)

    def _samplers(self, number: int) -> Iterator[tuple[optuna.samplers.BaseSampler, optuna.samplers.BaseSampler]]:
        """Samplers to try in order, each with the sampler of the parameters that it does not propose jointly."""
        kind = self.settings.sampler
        for attempt in range(_TRIES):
            seed = trial_seed(self.settings.seed, (number - self.warm_start) * _TRIES + attempt)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                sampler = self._make(trial_seed(self.settings.seed, 0) if kind in _ONE_SEQUENCE else seed)
            own = kind in _BY_GROUPS or self.settings.custom_sampler
            yield sampler, sampler if own else optuna.samplers.RandomSampler(seed=seed)
