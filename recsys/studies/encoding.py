"""Encode values for tuners: a shape such as (64, 32) becomes the label "64-32"; other values stay the same."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.spaces.parameter import ChoiceParameter, Parameter, Value
from recsys.spaces.space import Space

TunerValue = bool | int | float | str


def encode(value: Value) -> TunerValue:
    """Encode a value for a tuner."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else value


def encoded(space: Space, point: Mapping[str, Value]) -> dict[str, TunerValue]:
    """Encode the values that a point has for the parameters of a space."""
    return {name: encode(point[name]) for name in space if name in point}


def decode(parameter: Parameter, value: TunerValue) -> Value:
    """Decode a tuner's value of a parameter."""
    if isinstance(parameter, ChoiceParameter):
        return next(v for v in parameter.values if encode(v) == value)
    return value
