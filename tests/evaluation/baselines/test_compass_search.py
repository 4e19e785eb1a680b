"""Tests of the compass search on functions with known minima."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.evaluation.baselines.baseline import Baseline, SearchRange
from recsys.evaluation.baselines.compass_search import compass_search

UNIT = {"a": SearchRange(0, 1), "b": SearchRange(1e-3, 1e3, log=True, stricter="high")}


@dataclass(frozen=True)
class Point(Baseline):
    """Settings alone."""

    name = "point"
    a: float = 0.5
    b: float = 1.0

    def learn(self, ratings):
        raise NotImplementedError


def bowl(a: float, b: float):
    """How far points are from the place (a, b)."""

    def measured(some: Sequence[Point]) -> Mapping[Baseline, float]:
        assert len(set(some)) == len(some)
        return {each: (each.a - a) ** 2 + (UNIT["b"].position_of(each.b) - b) ** 2 for each in some}

    return measured


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_lowest_point_is_found_wherever_it_is_corners_too(a: float, b: float) -> None:
    found, fits = compass_search(Point(), UNIT, bowl(a, b), effort=25)
    assert isinstance(found, Point)
    assert (found.a, UNIT["b"].position_of(found.b)) == pytest.approx((a, b), abs=0.03)
    assert fits < 100


def test_it_ends_soon_after_so_many_fits_wherever_it_is() -> None:
    assert compass_search(Point(), UNIT, bowl(0.1, 0.9), effort=3)[1] <= 12 + 4


def test_of_equals_it_takes_the_one_that_regularises_most() -> None:
    found, _ = compass_search(Point(), UNIT, lambda some: dict.fromkeys(some, 0.0), effort=15)
    assert isinstance(found, Point)
    assert found.b == 1e3


def test_coarse_settings_lead_the_way_and_what_is_found_has_none_of_them() -> None:
    @dataclass(frozen=True)
    class Coarse(Point):
        coarse = {"b": 0.01}

    asked: list[Baseline] = []

    def measured(some: Sequence[Point]) -> Mapping[Baseline, float]:
        asked.extend(some)
        return bowl(0.8, 0.6)(some)

    found, fits = compass_search(Coarse(), UNIT, measured, effort=15)
    assert isinstance(found, Coarse)
    assert fits == len(asked)
    assert {each.b for each in asked[:9] if isinstance(each, Coarse)} == {0.01}
    assert (found.a, UNIT["b"].position_of(found.b)) == pytest.approx((0.8, 0.6), abs=0.05)


def test_settings_after_the_fit_are_tried_with_each_fit_and_found_with_no_more_fits() -> None:
    @dataclass(frozen=True)
    class Late(Point):
        after_fit = ("b",)

    asked: list[Baseline] = []

    def measured(some: Sequence[Point]) -> Mapping[Baseline, float]:
        asked.extend(some)
        return bowl(0.3, 0.9)(some)

    found, settings = compass_search(Late(), UNIT, measured, effort=12)
    assert isinstance(found, Late)
    assert (found.a, UNIT["b"].position_of(found.b)) == pytest.approx((0.3, 0.9), abs=0.05)
    fits = {each.fit_alone for each in asked}
    assert len(fits) <= 2 * 12 + 2
    assert settings == len(asked) > len(fits)
    first = [(each.a, UNIT["b"].position_of(each.b)) for each in asked[:3] if isinstance(each, Late)]
    assert first == [(0.5, 0.5), (0.5, pytest.approx(0.25, abs=0.01)), (0.5, pytest.approx(0.75, abs=0.01))]


def test_a_baseline_whose_settings_all_come_after_the_fit_is_fitted_once() -> None:
    @dataclass(frozen=True)
    class Late(Point):
        after_fit = ("b",)

    asked: list[Baseline] = []

    def measured(some: Sequence[Point]) -> Mapping[Baseline, float]:
        asked.extend(some)
        return bowl(0.5, 0.2)(some)

    found, _ = compass_search(Late(), {"b": UNIT["b"]}, measured, effort=8)
    assert isinstance(found, Late)
    assert UNIT["b"].position_of(found.b) == pytest.approx(0.2, abs=0.05)
    assert {each.fit_alone for each in asked} == {Late()}


class TestAxis:
    @pytest.mark.parametrize(
        "axis", [SearchRange(0, 1), SearchRange(0.1, 1e5, log=True), SearchRange(1, 500, log=True, integer=True)]
    )
    def test_its_ends_are_its_bounds_and_a_value_is_at_its_place(self, axis: SearchRange) -> None:
        assert (axis.value_at(0), axis.value_at(1)) == (axis.low, axis.high)
        for place in np.linspace(0, 1, 9):
            assert axis.value_at(axis.position_of(axis.value_at(place))) == axis.value_at(place)

    def test_which_end_is_the_strict_one_is_for_the_axis_to_say(self) -> None:
        low, high, neither = (SearchRange(0, 1, stricter=end) for end in ("low", "high", None))
        assert low.strictness(0.2) > low.strictness(0.7)
        assert high.strictness(0.2) < high.strictness(0.7)
        assert neither.strictness(0.2) == neither.strictness(0.7)
