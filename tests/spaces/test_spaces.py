"""Tests of parameters and spaces: admissible values, nearest values, grids, and files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from recsys.documents import validate
from recsys.errors import InputError
from recsys.spaces.branches import point_count
from recsys.spaces.parameter import ChoiceParameter, FloatParameter, IntParameter, Parameter, Value
from recsys.spaces.space import Space
from recsys.studies.initial_points import grid_points

FINITE = {"allow_nan": False, "allow_infinity": False}
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6, **FINITE)
VALUES = NUMBERS | st.booleans() | st.text(max_size=5) | st.lists(st.integers(), max_size=3).map(tuple)


@st.composite
def int_parameters(draw: st.DrawFn) -> IntParameter:
    """Any admissible whole-number parameter."""
    if draw(st.booleans()):
        low = draw(st.integers(1, 10**4))
        return IntParameter(type="int", low=low, high=low + draw(st.integers(0, 10**5)), scale="log")
    low, step, steps = draw(st.integers(-(10**4), 10**4)), draw(st.integers(1, 50)), draw(st.integers(0, 1000))
    return IntParameter(type="int", low=low, high=low + step * steps, step=step)


@st.composite
def float_parameters(draw: st.DrawFn) -> FloatParameter:
    """Any admissible real parameter, with and without steps and logarithms."""
    shape = draw(st.sampled_from(["linear", "log", "step"]))
    if shape == "step":
        low, step = draw(st.integers(-100, 100)) / 10, draw(st.sampled_from([0.05, 0.1, 0.25, 0.5, 3.0]))
        return FloatParameter(type="float", low=low, high=low + draw(st.integers(0, 200)) * step, step=step)
    low, high = sorted(draw(st.tuples(*[st.floats(1e-8 if shape == "log" else -1e6, 1e6, **FINITE)] * 2)))
    return FloatParameter(type="float", low=low, high=high, scale="log" if shape == "log" else "linear")


def choice_parameters() -> st.SearchStrategy[ChoiceParameter]:
    """Any list of words, numbers, truth values or shapes."""
    kinds = [st.text(max_size=5), st.integers(), st.booleans(), st.tuples(st.integers(1, 99), st.integers(1, 99))]
    lists = [st.lists(kind, min_size=1, max_size=5, unique=True) for kind in kinds]
    return st.one_of(*lists).map(lambda values: ChoiceParameter(type="choice", values=tuple(values)))


PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "int": int_parameters(),
    "float": float_parameters(),
    "choice": choice_parameters(),
}


@pytest.mark.parametrize("kind", list(PARAMETERS))
class TestEveryParameter:
    @given(data=st.data(), value=VALUES)
    def test_the_nearest_value_is_admissible(self, kind: str, data: st.DataObject, value: Value) -> None:
        parameter = data.draw(PARAMETERS[kind])
        assert parameter.nearest(value) in parameter

    @given(data=st.data(), points=st.integers(1, 12))
    def test_every_value_of_a_grid_is_admissible_and_there_once(
        self, kind: str, data: st.DataObject, points: int
    ) -> None:
        parameter = data.draw(PARAMETERS[kind])
        grid = parameter.grid(points)
        assert all(value in parameter for value in grid)
        assert len(set(grid)) == len(grid) >= 1
        assert kind == "choice" or len(grid) <= points

    @given(data=st.data())
    def test_what_is_admissible_is_its_own_nearest(self, kind: str, data: st.DataObject) -> None:
        parameter = data.draw(PARAMETERS[kind])
        for value in parameter.grid(5):
            nearest = parameter.nearest(value)
            assert nearest == (pytest.approx(value, abs=1e-9) if kind == "float" else value)

    @given(data=st.data())
    def test_its_middle_is_admissible(self, kind: str, data: st.DataObject) -> None:
        parameter = data.draw(PARAMETERS[kind])
        assert parameter.middle in parameter

    @given(data=st.data())
    def test_it_reads_back_as_it_was(self, kind: str, data: st.DataObject) -> None:
        parameter = data.draw(PARAMETERS[kind])
        assert TypeAdapter(Parameter).validate_python(parameter.model_dump(exclude_none=True)) == parameter


class TestNumbers:
    @given(parameter=int_parameters() | float_parameters(), points=st.integers(2, 12))
    def test_a_grid_reaches_both_bounds_in_order(self, parameter: IntParameter | FloatParameter, points: int) -> None:
        grid = parameter.grid(points)
        assert [grid[0], grid[-1]] == pytest.approx([parameter.low, parameter.high])
        assert grid == sorted(grid)  # type: ignore[type-var]

    @given(parameter=int_parameters() | float_parameters())
    def test_its_size_counts_its_whole_grid(self, parameter: IntParameter | FloatParameter) -> None:
        if parameter.size is not None and parameter.scale == "linear":
            assert len(parameter.grid(parameter.size)) == parameter.size

    @given(parameter=int_parameters(), value=NUMBERS)
    def test_no_admissible_whole_number_is_nearer_than_the_nearest(self, parameter: IntParameter, value: float) -> None:
        distance = abs(parameter.nearest(value) - value)  # type: ignore[operator]
        assert all(abs(other - value) >= distance for other in range(parameter.low, parameter.high + 1, parameter.step))

    @given(parameter=int_parameters() | float_parameters(), beyond=st.integers(1, 10**6))
    def test_nothing_beyond_the_bounds_is_admissible(
        self, parameter: IntParameter | FloatParameter, beyond: int
    ) -> None:
        assert parameter.low - beyond not in parameter
        assert parameter.high + beyond not in parameter

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "3", None, (3,)])
    def test_what_is_no_number_is_not_admissible(self, value: object) -> None:
        assert value not in IntParameter(type="int", low=0, high=9)
        assert value not in FloatParameter(type="float", low=0, high=9)

    def test_a_log_grid_is_even_in_the_logarithm(self) -> None:
        grid = FloatParameter(type="float", low=1e-4, high=1, scale="log").grid(5)
        assert grid == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1])


def test_a_choice_tells_a_truth_value_from_a_number() -> None:
    assert 1 not in ChoiceParameter(type="choice", values=(True, False))
    assert True not in ChoiceParameter(type="choice", values=(1, 2))


class TestRefusals:
    @pytest.mark.parametrize(
        ("parameter", "message"),
        [
            ({"type": "int", "low": 3, "high": 2}, "low 3 is above high 2"),
            ({"type": "float", "low": 0.2, "high": 0.1}, "low 0.2 is above high 0.1"),
            ({"type": "int", "low": 0, "high": 2, "scale": "log"}, "scale = 'log' needs low above 0, not 0"),
            ({"type": "float", "low": 0.0, "high": 2.0, "scale": "log"}, "scale = 'log' needs low above 0, not 0"),
            ({"type": "float", "low": -1.0, "high": 2.0, "scale": "log"}, "scale = 'log' needs low above 0, not -1"),
            ({"type": "float", "low": 0.0, "high": math.inf}, "low and high must be finite"),
            ({"type": "float", "low": math.nan, "high": 1.0}, "low and high must be finite"),
            ({"type": "int", "low": 0, "high": 10, "step": 3}, "step 3 does not lead from low 0 to high 10"),
            ({"type": "float", "low": 0.0, "high": 1.0, "step": 0.3}, "step 0.3 does not lead from low 0.0"),
            ({"type": "int", "low": 1, "high": 9, "step": 2, "scale": "log"}, "step goes with scale = 'linear' only"),
            ({"type": "float", "low": 1.0, "high": 9.0, "step": 2.0, "scale": "log"}, "step goes with scale"),
            ({"type": "int", "low": 1, "high": 9, "step": 0}, "greater than or equal to 1"),
            ({"type": "float", "low": 1.0, "high": 9.0, "step": 0.0}, "greater than 0"),
            ({"type": "int", "low": 1.5, "high": 9}, "valid integer"),
            ({"type": "int", "low": 1}, "Field required"),
            ({"type": "int", "low": 1, "high": 2, "hgih": 3}, "Extra inputs are not permitted"),
            ({"type": "word", "low": 1, "high": 2}, "'int', 'float', 'choice'"),
            ({"type": "choice", "values": []}, "at least 1"),
            ({"type": "choice", "values": [1, 1]}, "values repeat"),
            ({"type": "choice", "values": [1, "one"]}, "values must be of one type"),
            ({"type": "int", "low": 0, "high": 10**400}, "less than or equal to"),
            ({"type": "float", "low": 0, "high": 10**400}, "valid number"),
        ],
    )
    def test_a_parameter_that_makes_no_sense(self, parameter: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError) as failure:
            Space.model_validate({"p": parameter})
        assert message in str(failure.value)


class TestSpace:
    SPACE = Space.model_validate(
        {
            "size": {"type": "int", "low": 2, "high": 8, "step": 2},
            "rate": {"type": "float", "low": 0.0, "high": 1.0, "step": 0.5},
            "loss": {"type": "choice", "values": ["a", "b"]},
        }
    )

    def test_it_keeps_the_order_of_the_file(self) -> None:
        assert list(self.SPACE) == ["size", "rate", "loss"]
        assert len(self.SPACE) == 3

    @given(size=VALUES, rate=VALUES, loss=VALUES)
    def test_the_nearest_point_is_admitted(self, size: Value, rate: Value, loss: Value) -> None:
        assert self.SPACE.admits(self.SPACE.nearest({"size": size, "rate": rate, "loss": loss}))

    def test_a_point_needs_a_value_for_every_parameter(self) -> None:
        point: dict[str, Value] = {"size": 2, "rate": 0.5, "loss": "a"}
        assert self.SPACE.admits(point)
        for name in point:
            assert not self.SPACE.admits({other: value for other, value in point.items() if other != name})

    def test_its_size_is_the_product_unless_there_is_no_end(self) -> None:
        assert point_count(self.SPACE) == 4 * 3 * 2
        assert point_count(Space({})) == 1
        assert point_count(Space({**self.SPACE.root, "x": FloatParameter(type="float", low=0, high=1)})) is None


class TestConditions:
    """Conditional parameters: which are active in which point."""

    SPACE = Space.model_validate(
        {
            "slope": {"type": "choice", "values": [0.1, 0.2], "when": {"depth": 3, "loss": "c"}},
            "weight": {"type": "float", "low": 0.0, "high": 1.0, "step": 0.5, "when": {"loss": "b"}},
            "depth": {"type": "int", "low": 1, "high": 3, "when": {"loss": ("b", "c")}},
            "loss": {"type": "choice", "values": ["a", "b", "c"]},
            "shape": {"type": "choice", "values": ((8,), (8, 4))},
            "tail": {"type": "choice", "values": [1, 2], "when": {"shape": (8, 4)}},
        }
    )
    VALUES: Mapping[str, list[Any]] = {name: parameter.grid(9) for name, parameter in SPACE.items()}

    def test_what_others_hang_on_comes_before_them(self) -> None:
        assert list(self.SPACE) == ["loss", "shape", "weight", "depth", "tail", "slope"]

    def test_a_parameter_is_active_where_those_it_hangs_on_are_and_have_one_of_its_values(self) -> None:
        active = {
            ("a", 3): ["loss", "shape"],
            ("b", 3): ["loss", "shape", "weight", "depth"],
            ("c", 2): ["loss", "shape", "depth"],
            ("c", 3): ["loss", "shape", "depth", "slope"],
        }
        for (loss, depth), expected in active.items():
            assert self.SPACE.active({"loss": loss, "depth": depth, "shape": (8,)}) == expected
        assert "tail" in self.SPACE.active({"loss": "a", "shape": (8, 4)})

    def test_points_are_as_many_as_can_be_told_apart(self) -> None:
        combinations = (dict(zip(self.VALUES, values, strict=True)) for values in product(*self.VALUES.values()))
        distinct = {tuple(self.SPACE.part(point).items()) for point in combinations}
        assert point_count(self.SPACE) == len(distinct) == (1 + 3 * 3 + (2 + 2)) * (1 + 2)
        assert {tuple(point.items()) for point in grid_points(self.SPACE, len(distinct))} == distinct
        coarse = grid_points(self.SPACE, len(distinct) - 1)
        assert len(coarse) == len({tuple(point.items()) for point in coarse}) < len(distinct)

    def test_the_nearest_point_says_what_has_a_say_and_is_admitted(self) -> None:
        point = {"loss": "b", "depth": 9, "weight": 0.6, "slope": 0.1, "shape": (8,), "tail": 2}
        assert self.SPACE.nearest(point) == {"loss": "b", "shape": (8,), "weight": 0.5, "depth": 3}
        assert self.SPACE.admits(self.SPACE.nearest(point))
        assert not self.SPACE.admits({"loss": "b", "shape": (8,), "weight": 0.5})

    def test_what_is_fixed_decides(self) -> None:
        assert list(self.SPACE.with_fixed({"loss": "a"})) == ["shape", "tail"]
        left = self.SPACE.with_fixed({"loss": "c", "shape": (8, 4)})
        assert {name: parameter.when for name, parameter in left.items()} == {
            "depth": None,
            "tail": None,
            "slope": {"depth": 3},
        }

    @pytest.mark.parametrize(
        ("when", "message"),
        [
            ({"q": 1}, "p and q depend on each other by when"),
            ({"loss": "z"}, "p.when.loss: 'z' is not one of 'a', 'b'"),
            ({"loss": []}, "p.when.loss: expected a value of loss, or several"),
            ({"rate": 0.5}, "p.when.rate: rate has infinitely many values"),
        ],
    )
    def test_conditions_that_can_never_hold_are_refused(self, when: Any, message: str) -> None:
        others = {
            "q": {"type": "int", "low": 1, "high": 3, "when": {"p": 1}},
            "loss": {"type": "choice", "values": ["a", "b"]},
            "rate": {"type": "float", "low": 0.0, "high": 1.0},
        }
        with pytest.raises(InputError) as failure:
            validate(Space, {"p": {"type": "int", "low": 1, "high": 3, "when": when}, **others}, "space.toml")
        assert message in str(failure.value)
