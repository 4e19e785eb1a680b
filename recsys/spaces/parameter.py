"""Parameters of a search space: type, bounds, scale and conditions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from recsys.errors import shown
from recsys.settings import Settings

Value = bool | int | float | str | tuple[int, ...]
"""A value of a parameter; a tuple is a shape, such as the hidden units of an MLP."""
Point = Mapping[str, Value]
"""A value for every hyperparameter of a model."""

Conditions = dict[str, Value | tuple[Value, ...]]
"""The values of other parameters at which a parameter is active: one value, or any of several."""
_EXACT = 2**53
"""The bound up to which float64 represents every integer, so that grids and samplers hit it."""


def as_integer(value: Any) -> Any:
    """Convert a whole float, such as 4.0, to `int`; return any other value unchanged.

    Programs write integers in this form to JSON and TOML.
    """
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT
    return int(value) if is_whole else value


ExactInteger = Annotated[int, Field(ge=-_EXACT, le=_EXACT)]


class IntParameter(Settings):
    """Whole numbers from `low` to `high`, both included; every `step`-th on a linear scale."""

    type: Literal["int"]
    low: ExactInteger
    high: ExactInteger
    scale: Literal["linear", "log"] = "linear"
    step: int = Field(default=1, ge=1)
    when: Conditions | None = None

    @model_validator(mode="after")
    def _check(self) -> IntParameter:
        _check_bounds(self.low, self.high, self.scale, lowest_log=1)
        if self.scale == "log" and self.step != 1:
            raise ValueError("step goes with scale = 'linear' only")
        if (self.high - self.low) % self.step:
            raise ValueError(f"step {self.step} does not lead from low {self.low} to high {self.high}")
        return self

    def __contains__(self, value: object) -> bool:
        """Whether the value is admissible."""
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return self.low <= value <= self.high and (value - self.low) % self.step == 0

    @property
    def size(self) -> int | None:
        """The number of values."""
        return (self.high - self.low) // self.step + 1

    def nearest(self, value: Value) -> Value:
        """The admissible value nearest to `value`; the low bound for what is not a number."""
        if isinstance(value, (str, tuple)):
            return self.low
        return self.low + round((min(max(value, self.low), self.high) - self.low) / self.step) * self.step

    @property
    def ends(self) -> tuple[Value, ...]:
        """The lower and the upper bound."""
        return self.low, self.high

    @property
    def middle(self) -> Value:
        """A value in the middle of the parameter's scale."""
        values = self.grid(3)
        return values[len(values) // 2]

    def grid(self, points: int) -> list[Value]:
        """At most `points` values spread evenly on the parameter's scale, the bounds among them."""
        if self.scale == "log":
            values = np.geomspace(self.low, self.high, points)
        else:
            values = self.low + np.round(np.linspace(0, (self.high - self.low) // self.step, points)) * self.step
        return list(dict.fromkeys(int(v) for v in np.round(values)))


class FloatParameter(Settings):
    """Numbers from `low` to `high`, both included; every `step`-th where a step is given, on a linear scale."""

    type: Literal["float"]
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    step: float | None = Field(default=None, gt=0)
    when: Conditions | None = None

    @model_validator(mode="after")
    def _check(self) -> FloatParameter:
        _check_bounds(self.low, self.high, self.scale, lowest_log=0)
        if self.step is not None:
            if self.scale == "log":
                raise ValueError("step goes with scale = 'linear' only")
            steps = (self.high - self.low) / self.step
            if abs(steps - round(steps)) > 1e-9 * max(1.0, steps):
                raise ValueError(f"step {self.step} does not lead from low {self.low} to high {self.high}")
        return self

    def __contains__(self, value: object) -> bool:
        """Whether the value is admissible, up to rounding."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return False
        slack = 1e-9 * max(1.0, abs(self.low), abs(self.high))
        if not self.low - slack <= value <= self.high + slack:
            return False
        if self.step is None:
            return True
        steps = (value - self.low) / self.step
        return abs(steps - round(steps)) < 1e-6

    @property
    def size(self) -> int | None:
        """The number of values; None if it is infinite."""
        return None if self.step is None else round((self.high - self.low) / self.step) + 1

    def nearest(self, value: Value) -> Value:
        """The admissible value nearest to `value`; the low bound for what is not a number."""
        if isinstance(value, (str, tuple)):
            return self.low
        inside = min(max(float(value), self.low), self.high)
        # rounded like the values of a grid, which KerasTuner compares exactly
        return inside if self.step is None else round(self.low + round((inside - self.low) / self.step) * self.step, 12)

    @property
    def ends(self) -> tuple[Value, ...]:
        """The lower and the upper bound."""
        return self.low, self.high

    @property
    def middle(self) -> Value:
        """A value in the middle of the parameter's scale."""
        values = self.grid(3)
        return values[len(values) // 2]

    def grid(self, points: int) -> list[Value]:
        """At most `points` values spread evenly on the parameter's scale, the bounds among them."""
        if self.scale == "log":
            values = np.clip(np.geomspace(self.low, self.high, points), self.low, self.high)  # geomspace rounds
            return list(dict.fromkeys(values.tolist()))
        if self.step is None:
            return list(dict.fromkeys(float(v) for v in np.linspace(self.low, self.high, points)))
        steps = np.round(np.linspace(0, round((self.high - self.low) / self.step), points))
        return list(dict.fromkeys(round(self.low + float(k) * self.step, 12) for k in steps))


class ChoiceParameter(Settings):
    """One of the listed values, which are of one type: truth values, numbers, words, or lists of whole numbers."""

    type: Literal["choice"]
    values: Annotated[tuple[Value, ...], Field(min_length=1, strict=False)]
    when: Conditions | None = None

    @model_validator(mode="after")
    def _check(self) -> ChoiceParameter:
        if len({type(v) for v in self.values}) > 1:
            raise ValueError("values must be of one type")
        if len(set(self.values)) < len(self.values):
            raise ValueError("values repeat")
        return self

    def __contains__(self, value: object) -> bool:
        """Whether the value is one of the listed ones."""
        return any(type(value) is type(v) and value == v for v in self.values)

    @property
    def size(self) -> int | None:
        """The number of values."""
        return len(self.values)

    def nearest(self, value: Value) -> Value:
        """The value itself if it is listed; else the first one."""
        return value if value in self else self.values[0]

    @property
    def ends(self) -> tuple[Value, ...]:
        """All listed values, in their order."""
        return self.values

    @property
    def middle(self) -> Value:
        """The first of the values."""
        return self.values[0]

    def grid(self, points: int) -> list[Value]:  # noqa: ARG002 - a grid has all choices
        """All listed values, in their order."""
        return list(self.values)


def coerce(value: Any, parameter: Parameter) -> Any:
    """Convert a value to the parameter's type: 4.0 becomes 4 for a parameter of integers."""
    if isinstance(parameter, IntParameter) or (
        isinstance(parameter, ChoiceParameter) and type(parameter.values[0]) is int
    ):
        return as_integer(value)
    return value


Parameter = Annotated[IntParameter | FloatParameter | ChoiceParameter, Field(discriminator="type")]


def describe_domain(parameter: Parameter) -> str:
    """The admissible values of a parameter, in words."""
    if isinstance(parameter, ChoiceParameter):
        return f"one of {', '.join(shown(repr(value)) for value in parameter.values)}"
    step = f" in steps of {parameter.step}" if parameter.step not in (None, 1) else ""
    return f"from {parameter.low} to {parameter.high}{step}"


def _check_bounds(low: float, high: float, scale: str, lowest_log: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("low and high must be finite")
    if low > high:
        raise ValueError(f"low {low} is above high {high}")
    if scale == "log" and (low < lowest_log or low <= 0):
        raise ValueError(f"scale = 'log' needs low above 0, not {low}")
