"""Axes keep every value in its place, and pictures can be drawn of whatever a sweep came to."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracking_samples import make_result, make_trial

from recsys.tracking.pictures.axes import axes_of, axis
from recsys.tracking.pictures.importances import importances_picture
from recsys.tracking.pictures.learning_curves import learning_curves
from recsys.tracking.pictures.optimisation_history import optimisation_history
from recsys.tracking.pictures.parallel_coordinates import parallel_coordinates, parallel_coordinates_page
from recsys.tracking.pictures.race import race
from recsys.tracking.tracker import Recorded, recorded_of
from recsys.training.trial import TrialState


class TestAxis:
    @given(st.lists(st.floats(1e-6, 1e6), min_size=1))
    def test_on_a_logarithmic_scale_equal_ratios_are_equally_far_apart(self, values: list[float]) -> None:
        drawn = axis("rate", values, log=True)
        assert drawn.positions == [math.log10(value) for value in values]
        assert [place for place, _ in drawn.ticks] == sorted({place for place, _ in drawn.ticks})

    @given(st.lists(st.floats(-10, 0), min_size=1))
    def test_what_has_no_logarithm_stands_on_a_linear_scale(self, values: list[float]) -> None:
        assert axis("rate", values, log=True).positions == values

    @given(st.lists(st.sampled_from(["mse", "huber", (64, 32), True]), min_size=1))
    def test_a_choice_stands_at_its_own_tick(self, values: list[object]) -> None:
        drawn = axis("loss", values)  # type: ignore[arg-type]
        labels = dict(drawn.ticks)
        assert [labels[place] for place in drawn.positions] == [str(value) for value in values]

    def test_trials_without_a_value_are_left_out(self) -> None:
        finished = [record(0), record(1, TrialState.FAILED), record(2)]
        (size, metric) = axes_of(finished, {"embedding_size": False}, "rmse")
        assert len(size.positions) == len(metric.positions) == 2
        assert axes_of([record(1, TrialState.FAILED)], {"embedding_size": False}, "rmse") == []


def record(number: int, state: TrialState = TrialState.COMPLETE) -> Recorded:
    return recorded_of(make_result(make_trial(number), state=state), "rmse", f"run-{number}")


RECORDS = [record(number) for number in range(3)]
AXES = axes_of(RECORDS, {"embedding_size": False, "learning_rate": True}, "rmse")
DRAWN: dict[str, Callable[[], bytes]] = {
    "history": lambda: optimisation_history(RECORDS, "rmse", "minimize"),
    "race": lambda: race({"one": RECORDS, "two": RECORDS[:1]}, "rmse", "minimize"),
    "parallel": lambda: parallel_coordinates(AXES),
    "importances": lambda: importances_picture({each.name: 0.5 for each in AXES}),
    "curves": lambda: learning_curves({"train_loss": [2.0, 1.0], "rmse": [1.0, 0.9]}, "trial-000"),
    "no losses": lambda: learning_curves({"rmse": [1.0]}),
    "no trials": lambda: optimisation_history([], "rmse", "minimize"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_picture_is_a_png(name: str) -> None:
    assert DRAWN[name]().startswith(b"\x89PNG\r\n")


def test_the_page_carries_its_script_and_every_axis() -> None:
    page = parallel_coordinates_page(AXES).decode()
    assert all(f'"label":"{each.name}"' in page for each in AXES)
    assert "<script src=" not in page
