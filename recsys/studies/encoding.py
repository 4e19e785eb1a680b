"""Values as tuners take them: a shape such as (64, 32) becomes a label, everything else stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.spaces.parameter import ChoiceParameter, Parameter, Value
from recsys.spaces.space import Space

TunerValue = bool | int | float | str


def encode(value: Value) -> TunerValue:
    """A value as a tuner takes it."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else value


def encoded(space: Space, point: Mapping[str, Value]) -> dict[str, TunerValue]:
    """What a point says of the parameters of a space, as a tuner takes it."""
    return {name: encode(point[name]) for name in space if name in point}


def decode(parameter: Parameter, value: TunerValue) -> Value:
    """The parameter's own value from the tuner's."""
    if isinstance(parameter, ChoiceParameter):
        return next(v for v in parameter.values if encode(v) == value)
    return value
