"""Every sampler by engine and name, and what has to be known of it before its engine is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Engine = Literal["optuna", "keras_tuner"]
CUSTOM = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$"
"""A sampler that is a class of Optuna's or of the user's own, as `package.module:Class`."""


@dataclass(frozen=True)
class SamplerTraits:
    """A sampler of an engine, by the name that `[study] sampler` has for it."""

    engine: Engine
    name: str
    uses_results: bool = True
    """Whether it looks at results; where it does not, more is asked at once, as larger batches fill cohorts better."""
    stateful: bool = False
    """Whether it notes in the study what it has proposed; a study that goes on then has it propose all again."""
    accepts_warm_start: bool = False
    """Whether it can be told of trials that it has not asked for."""
    multi_objective: bool = False
    """Whether it can search for several objectives at once."""
    pauses_trials: bool = False
    """Whether it pauses trials and goes on with them, and so alone decides how long each trains."""


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
    """The names of an engine's samplers; of all where none is given."""
    return list(dict.fromkeys(each.name for each in _ALL if engine in (None, each.engine)))
