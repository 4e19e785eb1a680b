"""The protocol that every study speaks, and the settings that choose one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, Protocol

from pydantic import Field

from recsys.settings import Settings
from recsys.training.trial import Point, Told, Trial


class StudySettings(Settings):
    """`[study]`: who searches, how, and how long."""

    engine: Literal["optuna", "keras_tuner"] = "optuna"
    """Whose sampler searches."""
    sampler: Literal["tpe", "random", "grid", "bayesian", "hyperband"] = "tpe"
    """Optuna: tpe, random, grid. KerasTuner: random, bayesian, hyperband, grid."""
    pruner: Literal["none", "median", "successive_halving", "hyperband"] = "none"
    """Optuna only: what ends trials early that promise nothing."""
    trials: int = Field(default=64, ge=1)
    """The total budget; a resumed sweep goes on up to it."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Of the search, and with a trial's number of its initial weights and dropout."""
    batch: int = Field(default=16, ge=1)
    """How many trials are asked for at once; those of one batch do not know each other's results."""

    @property
    def prunes(self) -> bool:
        """Whether the study wants to hear of every epoch, because it may end a trial there."""
        return self.pruner != "none"

    @property
    def continues(self) -> bool:
        """Whether the study pauses trials and goes on with them, and so alone decides how long each trains."""
        return self.engine == "keras_tuner" and self.sampler == "hyperband"

    @property
    def asked_at_once(self) -> int:
        """The batch; more where no sampler looks at results, because larger batches fill cohorts better."""
        return max(self.batch, 64) if self.sampler in ("random", "grid") else self.batch


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

    def report(self, trial: Trial, epoch: int, value: float) -> bool:
        """Take the objective's value after `epoch` (from 0); False asks to stop the trial here."""
        ...

    def tell(self, trial: Trial, told: Told) -> None:
        """Take what became of a trial."""
        ...

    def importances(self) -> Mapping[str, float]:
        """Share of the objective's variance that each parameter explains; empty where too few trials completed."""
        ...
