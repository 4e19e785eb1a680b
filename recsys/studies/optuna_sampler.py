"""An Optuna sampler that repeats no point as long as it can help it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial

from recsys.training.trial import trial_seed

_TRIES = 20
"""Streams tried for a point that is not a repetition."""


class FreshSampler(optuna.samplers.BaseSampler):
    """TPE or random, asked again where the point was proposed before.

    It is asked again within one trial: a trial thrown away would use up a number, by which Optuna's Hyperband chooses
    the bracket. The randomness of a proposal comes from the study's seed and the trial's number alone.

    Args:
        kind: `tpe`, or else random.
        seed: The study's.
        distributions: What is searched.
    """

    def __init__(self, kind: str, seed: int, distributions: Mapping[str, BaseDistribution]) -> None:
        self.kind, self.seed = kind, seed
        self._open = {name: each for name, each in distributions.items() if not each.single()}
        self.seen: set[tuple[Any, ...]] = set()
        """The keys of all points so far."""

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:  # noqa: ARG002 - Optuna's signature
        """Everything that has more than one value."""
        return dict(sorted(self._open.items()))

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """A whole point; the last one tried where all were repetitions."""
        for sampler in self._samplers(trial.number):
            point = sampler.sample_relative(study, trial, search_space)
            for name, each in self._open.items():
                if name not in point:
                    point[name] = sampler.sample_independent(study, trial, name, each)
            if self.key(point) not in self.seen:
                break
        return point

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """A parameter outside the space; the study has none."""
        return next(self._samplers(trial.number)).sample_independent(study, trial, param_name, param_distribution)

    def key(self, params: Mapping[str, Any]) -> tuple[Any, ...]:
        """What tells a point from others."""
        return tuple(params[name] for name in self._open)

    def _samplers(self, number: int) -> Iterator[optuna.samplers.BaseSampler]:
        for attempt in range(_TRIES):
            seed = trial_seed(self.seed, number * _TRIES + attempt)
            if self.kind == "tpe":
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                    yield optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True)
            else:
                yield optuna.samplers.RandomSampler(seed=seed)
