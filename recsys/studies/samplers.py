"""Every sampler by engine and name, and what has to be known of it before its engine is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Engine = Literal["optuna", "keras_tuner"]


@dataclass(frozen=True)
class Sampler:
    """A sampler of an engine, by the name that `[study] sampler` has for it."""

    engine: Engine
    name: str
    learns: bool = True
    """Whether it looks at results; where it does not, more is asked at once, as larger batches fill cohorts better."""
    notes: bool = False
    """Whether it notes in the study what it has proposed; a study that goes on then has it propose all again."""
    taught: bool = False
    """Whether it can be told of trials that it has not asked for."""
    several: bool = False
    """Whether it can search for several objectives at once."""
    continues: bool = False
    """Whether it pauses trials and goes on with them, and so alone decides how long each trains."""


_ALL = (
    Sampler("optuna", "tpe", taught=True, several=True),
    Sampler("optuna", "random", learns=False, several=True),
    Sampler("optuna", "grid", learns=False, several=True),
    Sampler("optuna", "gp", taught=True, several=True),
    Sampler("optuna", "cmaes", notes=True),
    Sampler("optuna", "nsgaii", notes=True, several=True),
    Sampler("optuna", "qmc", learns=False, notes=True, several=True),
    Sampler("keras_tuner", "random", learns=False),
    Sampler("keras_tuner", "bayesian", taught=True),
    Sampler("keras_tuner", "hyperband", continues=True),
    Sampler("keras_tuner", "grid", learns=False),
)
SAMPLERS: Mapping[tuple[str, str], Sampler] = {(each.engine, each.name): each for each in _ALL}


def names_of(engine: str | None = None) -> list[str]:
    """The names of an engine's samplers; of all where none is given."""
    return list(dict.fromkeys(each.name for each in _ALL if engine in (None, each.engine)))
