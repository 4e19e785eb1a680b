"""All samplers, keyed by engine and name, with the traits that are needed before the engine is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Engine = Literal["optuna", "keras_tuner"]


@dataclass(frozen=True)
class SamplerTraits:
    """A sampler of an engine; `name` is its name in `[study] sampler`."""

    engine: Engine
    name: str
    uses_results: bool = True
    """Whether its proposals depend on results. If not, batches are larger, which fills cohorts better."""
    stateful: bool = False
    """Whether it keeps state of its proposals, so that a resumed study repeats all proposals."""
    accepts_warm_start: bool = False
    """Whether it can use finished trials of other sweeps."""
    multi_objective: bool = False
    """Whether it supports several objectives."""
    pauses_trials: bool = False
    """Whether it pauses and continues trials, and so alone decides how long each trains."""


_ALL = (
    SamplerTraits("optuna", "tpe", accepts_warm_start=True, multi_objective=True),
    SamplerTraits("optuna", "random", uses_results=False, multi_objective=True),
    SamplerTraits("optuna", "grid", uses_results=False, multi_objective=True),
    SamplerTraits("optuna", "gp", accepts_warm_start=True, multi_objective=True),
    SamplerTraits("optuna", "cmaes", stateful=True),
    SamplerTraits("optuna", "nsgaii", stateful=True, multi_objective=True),
    SamplerTraits("optuna", "qmc", uses_results=False, stateful=True, multi_objective=True),
    SamplerTraits("keras_tuner", "random", uses_results=False),
    SamplerTraits("keras_tuner", "bayesian", accepts_warm_start=True),
    SamplerTraits("keras_tuner", "hyperband", pauses_trials=True),
    SamplerTraits("keras_tuner", "grid", uses_results=False),
)
SAMPLERS: Mapping[tuple[str, str], SamplerTraits] = {(each.engine, each.name): each for each in _ALL}


def sampler_names(engine: str | None = None) -> list[str]:
    """The names of an engine's samplers; of all engines for None."""
    return list(dict.fromkeys(each.name for each in _ALL if engine in (None, each.engine)))
