"""The protocol of studies, and the settings that select one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal, Protocol, Self

from pydantic import Field, model_validator

from recsys.settings import OWN, OneOf, Settings
from recsys.spaces.parameter import Value
from recsys.studies.samplers import SAMPLERS, Engine, SamplerTraits, sampler_names
from recsys.training.trial import FinishedTrial, Point, Trial


class StudySettings(Settings):
    """`[study]`: the search and its budget."""

    engine: Engine = "optuna"
    """The library of the sampler."""
    sampler: Annotated[str, OneOf(sampler_names(), or_pattern=OWN, or_words="'package.module:Class'")] = "tpe"
    """Optuna: tpe, random, grid, gp (needs PyTorch), cmaes, nsgaii, qmc, or any of its samplers as
    `optuna.samplers:NAME`. KerasTuner: random, bayesian, hyperband, grid."""
    sampler_arguments: dict[str, Value] = {}
    """The keyword arguments of a sampler that is given as `package.module:Class`."""
    pruner: Literal["none", "median", "successive_halving", "hyperband", "dominated"] = "none"
    """Optuna only: the rule that stops trials early. With several objectives, `dominated` stops a trial whose curve is
    dominated, at the same epochs, by that of one complete trial."""
    trials: int = Field(default=64, ge=1)
    """The total number of trials, including those before a sweep was resumed."""
    minutes: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """The total budget in minutes of work, if it ends before the budget of trials. The time between an interruption and
    `resume` does not count. In the last 5 seconds the sweep starts no cohort that cannot end in time. It cuts a cohort
    that runs over: the trials keep their best epoch so far."""
    target: float | None = Field(default=None, allow_inf_nan=False)
    """The sweep ends once a trial reaches this value of the objective."""
    stop_when_flat: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """End the sweep, after at least 32 trials, once no point is better than the best by more than this, in units of the
    objective, with 95 % confidence. The bound is estimated from the best tenth of the trials (de Haan 1981)."""
    try_: tuple[dict[str, Value], ...] = Field(default=(), alias="try")
    """Points to train first, instead of the default point, such as `[{ l2 = 0.03, dropout = 0.2 }]`. The sampler
    proposes the parameters that a point leaves out."""
    learn_from: tuple[str, ...] = ()
    """Other sweeps of the same protocol, objective and model. The sampler starts with their finished trials."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """The seed of the search. With the number of a trial it also gives the seed of the trial's weights and dropout."""
    batch: int = Field(default=16, ge=1)
    """The number of trials that the sampler proposes at once, without the results of each other."""

    @model_validator(mode="after")
    def _check_arguments(self) -> Self:
        if not self.custom_sampler:
            self.refuse(
                ("sampler_arguments",), f"{self.sampler} is made as the suite makes it; give optuna.samplers:NAME"
            )
        if "seed" in self.sampler_arguments:
            raise ValueError("sampler_arguments.seed: every proposal has its own, of study.seed and the trial's number")
        return self

    @model_validator(mode="after")
    def _check_learning(self) -> Self:
        if self._chosen is not None and not self._chosen.accepts_warm_start:
            able = [each.name for each in SAMPLERS.values() if each.engine == self.engine and each.accepts_warm_start]
            why = f"{self.engine}'s {self.sampler} cannot learn from other trials; {' and '.join(able)} can"
            self.refuse(("learn_from",), why)
        if len(set(self.learn_from)) < len(self.learn_from):
            raise ValueError("learn_from names a sweep twice")
        return self

    @property
    def custom_sampler(self) -> bool:
        """Whether the sampler is given by its class."""
        return ":" in self.sampler

    @property
    def stateful(self) -> bool:
        """Whether the sampler keeps state of its proposals."""
        return self.custom_sampler or (self._chosen is not None and self._chosen.stateful)

    @property
    def prunes(self) -> bool:
        """Whether the study needs the report of every epoch, as it may stop a trial there."""
        return self.pruner != "none"

    @property
    def independent(self) -> bool:
        """Whether no trial can be stopped because of another."""
        return not self.prunes and self.target is None and self.stop_when_flat is None

    @property
    def pauses_trials(self) -> bool:
        """Whether the study pauses and continues trials, and so alone decides how long each trains."""
        return self._chosen is not None and self._chosen.pauses_trials

    @property
    def completes_partial_points(self) -> bool:
        """Whether the sampler can complete a partial point."""
        return self.engine == "optuna" and self.sampler != "grid"

    @property
    def multi_objective(self) -> bool:
        """Whether the sampler supports several objectives; a custom sampler is assumed to."""
        return self.custom_sampler or (self._chosen is not None and self._chosen.multi_objective)

    @property
    def ask_size(self) -> int:
        """The number of trials to ask at once: `batch`, or at least 64 if proposals do not depend on results."""
        return self.batch if self._chosen is None or self._chosen.uses_results else max(self.batch, 64)

    @property
    def _chosen(self) -> SamplerTraits | None:
        """The traits of the sampler; None if the engine has none of that name, which `check_study` reports."""
        return SAMPLERS.get((self.engine, self.sampler))


class Study(Protocol):
    """Proposes points and uses the results of their trials.

    A study is a pure function of its seed and the results so far. The randomness of an ask depends only on the study's
    seed and the trial's number, so a study that is rebuilt from the record continues exactly.
    """

    seconds_asking: float
    """The time spent in `ask` so far."""

    def ask(self, n: int, recorded: Mapping[int, Point] = MappingProxyType({})) -> list[Trial]:
        """Up to `n` trials to train next, ordered by number; an empty list if the study is exhausted.

        Args:
            n: The maximal number of trials.
            recorded: The recorded points of a resumed sweep, keyed by trial number. Such a trial gets its recorded
                point instead of a new proposal.
        """
        ...

    def report(self, trial: Trial, epoch: int, values: Sequence[float]) -> bool:
        """Take the objectives after `epoch` (from 0), the leading one first; False stops the trial."""
        ...

    def tell(self, trial: Trial, finished: FinishedTrial) -> None:
        """Take the result of a trial."""
        ...

    def importances(self) -> Mapping[str, float]:
        """The importance of each parameter, as shares that sum to 1; empty for too few complete trials."""
        ...
