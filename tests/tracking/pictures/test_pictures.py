"""Tests that axes place every value correctly, and that a PNG contains its figure."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracking_samples import make_result, make_trial

from recsys.tracking.pictures.axes import axes_of, axis
from recsys.tracking.pictures.figures import (
    curve_metrics,
    front,
    importances,
    learning_curves,
    optimisation_history,
    over_time,
    page,
    parallel_coordinates,
)
from recsys.tracking.pictures.png import drawn, png
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
HISTORY = {"train_loss": [20.0, 1.0], "rmse": [1.0, 0.9], "ndcg": [0.1, 0.2], "gini": [0.5, 0.4]}
FIGURES: dict[str, Callable[[], go.Figure]] = {
    "history": lambda: optimisation_history(RECORDS, "rmse", "minimize"),
    "no trials": lambda: optimisation_history([], "rmse", "minimize"),
    "windows": lambda: over_time({"1998-03-01 00:00": 0.9, "1998-03-08 00:00": 1.1}, "rmse"),
    "front": lambda: front(RECORDS, ["rmse", "mae"]),
    "parallel": lambda: parallel_coordinates(AXES),
    "importances": lambda: importances({"embedding_size": 0.75, "learning_rate": 0.25}),
    "curves": lambda: learning_curves({"trial-000": HISTORY}, curve_metrics(HISTORY), "epoch"),
    "no losses": lambda: learning_curves({"": {"rmse": [1.0]}}, ["rmse"], "epoch"),
}


class TestFigures:
    @pytest.mark.parametrize("name", FIGURES)
    def test_each_can_be_written_as_a_png(self, name: str) -> None:
        assert png(FIGURES[name](), name).startswith(b"\x89PNG\r\n")

    @pytest.mark.parametrize("name", ["history", "front", "curves"])
    def test_the_png_has_the_points_and_the_names_of_the_figure(self, name: str) -> None:
        figure = FIGURES[name]()
        lines = [line for axes in drawn(figure).axes for line in axes.lines]
        assert [list(line.get_xdata()) for line in lines] == [list(trace.x) for trace in figure.data]
        assert [list(line.get_ydata()) for line in lines] == [list(trace.y) for trace in figure.data]
        legend = [text.get_text() for text in drawn(figure).axes[0].get_legend().get_texts()]
        assert legend == [trace.name for trace in figure.data if trace.showlegend is not False]

    def test_bars_are_as_long_as_the_shares(self) -> None:
        (axes,) = drawn(FIGURES["importances"]()).axes
        assert [bar.get_width() for bar in axes.patches] == [0.25, 0.75]
        assert [label.get_text() for label in axes.get_yticklabels()] == ["learning_rate", "embedding_size"]

    def test_a_line_crosses_each_axis_where_the_trial_stands(self) -> None:
        (axes,) = drawn(FIGURES["parallel"]()).axes
        heights = sorted(path.vertices[:, 1].tolist() for path in axes.collections[0].get_paths())
        columns = [np.interp(a.positions, (min(a.positions), max(a.positions)), (0, 1)) for a in AXES[:2]]
        assert [each[:2] for each in heights] == [pytest.approx(row) for row in sorted(np.transpose(columns).tolist())]

    def test_curves_leave_out_what_lists_show_of_the_catalogue(self) -> None:
        assert [trace.name for trace in FIGURES["curves"]().data] == ["rmse", "ndcg", "trial-000, training loss"]

    def test_a_trial_of_one_round_is_a_point(self) -> None:
        (line,) = drawn(FIGURES["no losses"]()).axes[0].lines
        assert (line.get_marker(), line.get_linestyle()) == ("o", "None")

    def test_every_trial_has_its_curve_however_many_there_are(self) -> None:
        many = {f"trial {number}": HISTORY for number in range(12)}
        drawn_names = [trace.name for trace in learning_curves(many, ["rmse"], "epoch").data if trace.yaxis != "y2"]
        assert drawn_names == list(many)

    @pytest.mark.parametrize(
        ("losses", "scale"), [([20.0, 1.0], "log"), ([2.0, 1.0], "linear"), ([2.0, -1.0], "linear")]
    )
    def test_losses_that_fall_to_a_tenth_are_on_a_logarithmic_axis(self, losses: list[float], scale: str) -> None:
        figure = learning_curves({"": {"train_loss": losses, "rmse": [1.0, 0.9]}}, ["rmse"], "epoch")
        assert figure.layout.yaxis2.type == scale
        assert drawn(figure).axes[1].get_yscale() == scale


def test_windows_are_drawn_at_their_dates_or_steps_with_their_mean() -> None:
    measured, mean = FIGURES["windows"]().data
    assert measured.x == (datetime(1998, 3, 1), datetime(1998, 3, 8))  # noqa: DTZ001 - as axes have them
    assert (measured.y, list(mean.y)) == ((0.9, 1.1), pytest.approx([1.0, 1.0]))
    assert over_time({"8": 0.9, "12": 1.1}, "rmse").data[0].x == (8, 12)


def test_a_race_is_a_png() -> None:
    assert race({"one": RECORDS, "two": RECORDS[:1]}, "rmse", "minimize").startswith(b"\x89PNG\r\n")


def test_the_page_carries_its_script_and_every_axis() -> None:
    text = page(parallel_coordinates(AXES)).decode()
    assert all(f'"label":"{each.name}"' in text for each in AXES)
    assert "<script src=" not in text
