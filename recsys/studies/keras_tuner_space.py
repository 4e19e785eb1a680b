"""A search space as KerasTuner's hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras_tuner
from keras_tuner.engine.hyperparameters import Choice, Float, HyperParameter, Int
from keras_tuner.src.engine.conditions import Parent

from recsys.spaces.kind_tables import own_name
from recsys.spaces.parameter import ChoiceParameter, FloatParameter, IntParameter, Parameter, Value
from recsys.spaces.space import Space
from recsys.studies.encoding import decode, encode


def declare(hyperparameters: keras_tuner.HyperParameters, space: Space, default: Mapping[str, Value]) -> dict[str, Any]:
    """Declare every parameter of the space and return the encoded values of the active ones.

    Args:
        hyperparameters: The object to declare them in.
        space: The search space.
        default: A value for each parameter; the nearest admissible one becomes KerasTuner's default.
    """
    conditions: dict[str, list[Parent]] = {name: [] for name in space}
    for name, parent, values in space.conditions():
        conditions[name].append(Parent(parent, [encode(value) for value in values]))
    theirs = [
        _theirs(name, each, each.nearest(default[own_name(name)]), conditions[name]) for name, each in space.items()
    ]
    hyperparameters.merge(theirs, overwrite=False)
    return {name: hyperparameters.values[name] for name in space if hyperparameters.is_active(name)}


def _theirs(name: str, parameter: Parameter, default: Value, conditions: list[Parent]) -> HyperParameter:
    """A parameter with conditions. KerasTuner's conditional scopes allow only one parent."""
    if isinstance(parameter, ChoiceParameter):
        values = [encode(value) for value in parameter.values]
        return Choice(name, values, default=encode(default), conditions=conditions)
    if isinstance(parameter, FloatParameter) and parameter.step is not None:
        # KerasTuner counts steps by floor division, which can lose the last one to rounding
        return Choice(name, stepped(parameter), default=default, conditions=conditions)
    kind = Int if isinstance(parameter, IntParameter) else Float
    step = parameter.step if parameter.scale == "linear" else None
    return kind(
        name,
        parameter.low,
        parameter.high,
        step=step,
        sampling=parameter.scale,
        default=default,
        conditions=conditions,
    )


def stepped(parameter: FloatParameter) -> list[Value]:
    """All values of a parameter with a step."""
    return parameter.grid(parameter.size or 1)


def point_of(space: Space, values: Mapping[str, Any]) -> dict[str, Value]:
    """The space's point from KerasTuner's values.

    KerasTuner's Bayesian search can exceed the bound of a logarithmic integer; such a value is replaced by the nearest.
    """
    found: dict[str, Value] = {}
    for name, parameter in space.items():
        if name in space.active(found):
            value = decode(parameter, values[name])
            found[name] = value if value in parameter else parameter.nearest(value)
    return found
