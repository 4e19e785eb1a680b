"""A search space as KerasTuner's hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras_tuner

from recsys.spaces.parameter import ChoiceParameter, FloatParameter, IntParameter, Parameter, Value
from recsys.spaces.space import Space
from recsys.studies.encoding import decode, encode


def declare(hyperparameters: keras_tuner.HyperParameters, space: Space, default: Mapping[str, Value]) -> dict[str, Any]:
    """Declare every parameter of the space; gives the values that KerasTuner has for them, encoded.

    Args:
        hyperparameters: Where to declare them.
        space: The parameters.
        default: A value for each; the nearest admissible one becomes KerasTuner's default.
    """
    nearest = space.nearest(default)
    return {name: _declare(hyperparameters, name, parameter, nearest[name]) for name, parameter in space.items()}


def _declare(hyperparameters: keras_tuner.HyperParameters, name: str, parameter: Parameter, default: Value) -> Any:
    if isinstance(parameter, ChoiceParameter):
        return hyperparameters.Choice(name, [encode(value) for value in parameter.values], default=encode(default))
    if isinstance(parameter, FloatParameter) and parameter.step is not None:
        # KerasTuner counts the steps with a floor division, which loses the last one to rounding
        return hyperparameters.Choice(name, stepped(parameter), default=default)
    if isinstance(parameter, IntParameter):
        step = parameter.step if parameter.scale == "linear" else None
        return hyperparameters.Int(
            name, parameter.low, parameter.high, step=step, sampling=parameter.scale, default=default
        )
    return hyperparameters.Float(name, parameter.low, parameter.high, sampling=parameter.scale, default=default)


def stepped(parameter: FloatParameter) -> list[Value]:
    """All values of a parameter that has a step."""
    return parameter.grid(parameter.size or 1)


def point_of(space: Space, values: Mapping[str, Any]) -> dict[str, Value]:
    """The space's point from KerasTuner's values.

    KerasTuner's Bayesian search can return one above a logarithmic integer's bound; such a value is brought back in.
    """
    decoded = {name: decode(parameter, values[name]) for name, parameter in space.items()}
    return {name: value if value in space[name] else space[name].nearest(value) for name, value in decoded.items()}
