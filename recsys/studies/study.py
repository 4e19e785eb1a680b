"""The protocol that every study speaks, and the settings that choose one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal, Protocol, Self

from pydantic import Field, model_validator

from recsys.settings import OneOf, Settings
from recsys.spaces.parameter import Value
from recsys.studies.samplers import CUSTOM, SAMPLERS, Engine, SamplerTraits, sampler_names
from recsys.training.trial import FinishedTrial, Point, Trial


class StudySettings(Settings):
    """`[study]`: who searches, how, and how long."""

    engine: Engine = "optuna"
    """Whose sampler searches."""
    sampler: Annotated[str, OneOf(sampler_names(), or_pattern=CUSTOM, or_words="'package.module:Class'")] = "tpe"
    """Optuna: tpe, random, grid, gp (needs PyTorch), cmaes, nsgaii, qmc, or any of its samplers as
    `optuna.samplers:NAME`. KerasTuner: random, bayesian, hyperband, grid."""
    sampler_arguments: dict[str, Value] = {}
    """What a sampler is made with that is given as `package.module:Class`."""
    pruner: Literal["none", "median", "successive_halving", "hyperband", "dominated"] = "none"
    """Optuna only: what ends trials early that promise nothing; with several objectives those whose whole curve is
    `dominated`, at the same epochs, by that of one complete trial."""
    trials: int = Field(default=64, ge=1)
    """The total budget; a resumed sweep goes on up to it."""
    minutes: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """The total budget in minutes of work, where that is used up first; the time until a sweep is resumed is no work.
    In its last 5 seconds no cohort is begun that cannot end in time. One that runs over is cut: its trials keep their
    best epoch so far."""
    target: float | None = Field(default=None, allow_inf_nan=False)
    """A value of the objective that is enough: the sweep ends once a trial reaches it."""
    stop_when_flat: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """End the sweep once no point is better than the best so far by more than this, in units of the objective, with
    95 % confidence, as far as its best tenth tells (de Haan 1981); after 32 trials or more."""
    try_: tuple[dict[str, Value], ...] = Field(default=(), alias="try")
    """Points to train first, in place of the model's default point, such as `[{ l2 = 0.03, dropout = 0.2 }]`; what one
    leaves out is proposed."""
    learn_from: tuple[str, ...] = ()
    """Other sweeps of the same protocol, objective and model: their finished trials are told to the sampler first."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Of the search, and with a trial's number of its initial weights and dropout."""
    batch: int = Field(default=16, ge=1)
    """How many trials are asked for at once; those of one batch do not know each other's results."""

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
            why = f"{self.engine}'s {self.sampler} cannot be told of other trials; {' and '.join(able)} can"
            self.refuse(("learn_from",), why)
        if len(set(self.learn_from)) < len(self.learn_from):
            raise ValueError("learn_from names a sweep twice")
        return self

    @property
    def custom_sampler(self) -> bool:
        """Whether the sampler is a class that is named by its module."""
        return ":" in self.sampler

    @property
    def stateful(self) -> bool:
        """Whether the sampler notes in the study what it has proposed."""
        return self.custom_sampler or (self._chosen is not None and self._chosen.stateful)

    @property
    def prunes(self) -> bool:
        """Whether the study wants to hear of every epoch, because it may end a trial there."""
        return self.pruner != "none"

    @property
    def independent(self) -> bool:
        """Whether no result of one trial ends another."""
        return not self.prunes and self.target is None and self.stop_when_flat is None

    @property
    def pauses_trials(self) -> bool:
        """Whether the study pauses trials and goes on with them, and so alone decides how long each trains."""
        return self._chosen is not None and self._chosen.pauses_trials

    @property
    def completes_partial_points(self) -> bool:
        """Whether a point of which only a part is known can be asked for: the sampler proposes the rest."""
        return self.engine == "optuna" and self.sampler != "grid"

    @property
    def multi_objective(self) -> bool:
        """Whether the sampler can search for several objectives; of the user's own it is believed."""
        return self.custom_sampler or (self._chosen is not None and self._chosen.multi_objective)

    @property
    def ask_size(self) -> int:
        """The batch; more where no sampler looks at results, because larger batches fill cohorts better."""
        return self.batch if self._chosen is None or self._chosen.uses_results else max(self.batch, 64)

    @property
    def _chosen(self) -> SamplerTraits | None:
        """None where the engine has no such sampler, which is refused when the study is made."""
        return SAMPLERS.get((self.engine, self.sampler))


class Study(Protocol):
    """Proposes points and learns from what became of them.

    A study is a pure function of its seed and of what it was told so far: the randomness of an ask comes from the
    study's seed and the trial's number, so a study rebuilt from the record goes on as if nothing had happened.
    """

    seconds_asking: float
    """Time spent proposing points so far."""

    def ask(self, n: int, recorded: Mapping[int, Point] = MappingProxyType({})) -> list[Trial]:
        """Up to `n` trials to train next, in order of their number; an empty list when the study is exhausted.

        Args:
            n: How many at most.
            recorded: Points of an earlier life of this sweep by trial number; such a trial gets its recorded point
                instead of a new proposal, so that a resumed sweep never differs from its record.
        """
        ...

    def report(self, trial: Trial, epoch: int, values: Sequence[float]) -> bool:
        """Take the objectives after `epoch` (from 0), the leading one first; False asks to stop the trial here."""
        ...

    def tell(self, trial: Trial, finished: FinishedTrial) -> None:
        """Take what became of a trial."""
        ...

    def importances(self) -> Mapping[str, float]:
        """Share of the objective's variance that each parameter explains; empty where too few trials completed."""
        ...
