"""Values as tuners take them: a shape such as (64, 32) becomes a label, everything else stays as it is."""

from __future__ import annotations

from recsys.spaces.parameter import ChoiceParameter, Parameter, Value

Plain = bool | int | float | str


def encode(value: Value) -> Plain:
    """A value as a tuner takes it."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else value


def decode(parameter: Parameter, value: Plain) -> Value:
    """The parameter's own value from the tuner's."""
    if isinstance(parameter, ChoiceParameter):
        return next(v for v in parameter.values if encode(v) == value)
    return value
