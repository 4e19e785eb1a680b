"""The figures of a sweep and of a trial, each drawn once: MLflow, the report and notebooks show the same ones.

They are Plotly figures, because readers of the report hover, filter and reorder, and notebooks change them further:
matplotlib offers neither. Optuna's own plots need an Optuna study, which a sweep of KerasTuner does not have. MLflow
gets PNG files, drawn from the same figures by `recsys.tracking.pictures.png`: a page with Plotly's script takes 4.8 MB,
a PNG a few dozen kB, and Plotly's own export to PNG needs a browser. The parallel coordinates are logged as a page too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import plotly.graph_objects as go

from recsys.evaluation.metrics.table import METRICS
from recsys.spaces.formatting import format_point
from recsys.tracking.front import front_of
from recsys.tracking.pictures.axes import Axis
from recsys.tracking.tracker import Recorded, best_so_far
from recsys.training.trial import TrialState

INK, QUIET, ACCENT = "#1f2937", "#9ca3af", "#b45309"
SERIES = ("#1d4ed8", "#b45309", "#047857", "#7c3aed", "#be123c")

History = Mapping[str, Sequence[float]]
"""`train_loss` and validation metrics of a trial, a value a round each."""


def optimisation_history(records: Sequence[Recorded], metric: str, direction: str) -> go.Figure:
    """The objective of every trial by its number, and the best so far."""
    figure = empty_figure("trial", metric)
    ended = [
        (r.number, r.finished.state, r.finished.value) for r in records if r.finished and r.finished.value is not None
    ]
    for state, colour in ((TrialState.COMPLETE, SERIES[0]), (TrialState.PRUNED, QUIET)):
        shown = [(number, value) for number, its, value in ended if its is state]
        if shown:
            numbers, values = zip(*shown, strict=True)
            marker = {"color": colour, "size": 7, "opacity": 0.75}
            figure.add_scatter(x=numbers, y=values, mode="markers", name=state.lower(), marker=marker)
    path = best_so_far(records, direction)
    if path:
        numbers, values = zip(*path, strict=True)
        line = {"color": ACCENT, "shape": "hv", "width": 2}
        figure.add_scatter(x=numbers, y=values, mode="lines", name="best so far", line=line)
        # a few trials that went wrong must not press the others flat
        low, high = np.percentile([value for *_, value in ended], [0, 90] if direction == "minimize" else [10, 100])
        room = 0.15 * (high - low or 1e-3)
        figure.update_yaxes(range=[low - room, high + room])
    return figure


def front(records: Sequence[Recorded], goals: Sequence[str]) -> go.Figure:
    """Trials by the first two objectives, and the front of all; hover for the point."""
    up, across = goals[:2]
    figure = empty_figure(across, up)
    best = {record.number for record in front_of(records, goals)}
    shown = [record for record in records if up in record.values and across in record.values]
    for name, colour, some in (
        ("others", QUIET, [record for record in shown if record.number not in best]),
        ("front", ACCENT, sorted((r for r in shown if r.number in best), key=lambda record: record.values[across])),
    ):
        figure.add_scatter(
            x=[record.values[across] for record in some],
            y=[record.values[up] for record in some],
            text=[f"trial {record.number}" for record in some],
            hovertext=[f"trial {record.number}: {format_point(record.point)}" for record in some],
            mode="lines+markers+text" if name == "front" else "markers",
            textposition="top center",
            name=name,
            marker={"color": colour, "size": 8},
        )
    return figure


def importances(shares: Mapping[str, float]) -> go.Figure:
    """The parameters' importances, the largest on top."""
    ordered = sorted(shares.items(), key=lambda pair: pair[1])
    figure = empty_figure("share of the objective's variance", "", height=120 + 28 * len(ordered))
    figure.add_bar(
        x=[share for _, share in ordered], y=[name for name, _ in ordered], orientation="h", marker_color=SERIES[0]
    )
    return figure


def parallel_coordinates(axes: Sequence[Axis]) -> go.Figure:
    """One line a trial across all axes, coloured by the last one, the metric."""
    dimensions = [
        {
            "label": axis.name,
            "values": axis.positions,
            "tickvals": [place for place, _ in axis.ticks],
            "ticktext": [label for _, label in axis.ticks],
        }
        for axis in axes
    ]
    line = {"color": axes[-1].positions, "colorscale": "Viridis", "reversescale": True}
    figure = empty_figure("", "", height=420)
    figure.add_parcoords(dimensions=dimensions, line=line)
    figure.update_layout(margin={"l": 70, "r": 40, "t": 60, "b": 30})
    return figure


def learning_curves(histories: Mapping[str, History], metrics: Sequence[str], rounds: str) -> go.Figure:
    """Validation metrics by round (solid), and the training losses (dotted, right axis).

    Args:
        histories: Of the trials, by the name that each has in the legend.
        metrics: Which metrics; where there are several, the legend has their names too.
        rounds: What a round of training is called: `epoch`, `sweep`.
    """
    single = len(metrics) == 1
    figure = empty_figure(rounds, f"validation {metrics[0]}" if single else "validation")
    colours = cycle(SERIES)
    for trial, history in histories.items():
        colour = QUIET
        for metric in (name for name in metrics if name in history):
            name = trial if single else metric if len(histories) == 1 else f"{trial}, {metric}"
            colour = next(colours)
            _add_curve(figure, history[metric], name, line={"color": colour})
        if loss := history.get("train_loss"):
            line = {"color": colour if single else QUIET, "dash": "dot", "width": 1}
            _add_curve(figure, loss, f"{trial}, training loss", line=line, yaxis="y2", showlegend=False)
    right = {"overlaying": "y", "side": "right", "title": "training loss (dotted)", "showgrid": False, "nticks": 5}
    figure.update_layout(yaxis2={**right, "type": _scale_of_losses(histories)}, margin={"r": 70})
    return figure


def over_time(values: Mapping[str, float], metric: str) -> go.Figure:
    """A metric on each of several periods, keyed by their first moments, which are dates or numbers; and the mean."""
    figure = empty_figure("from", metric)
    try:
        begins = [float(begin) for begin in values]
    except ValueError:
        begins = np.array(list(values), "datetime64[m]").tolist()
        figure.update_xaxes(type="date")
    measured, mean = list(values.values()), float(np.mean(list(values.values())))
    line = {"color": SERIES[0], "width": 2}
    figure.add_scatter(x=begins, y=measured, mode="lines+markers", name=metric, line=line)
    line = {"color": ACCENT, "dash": "dot"}
    figure.add_scatter(x=begins, y=[mean] * len(begins), mode="lines", name="mean", line=line)
    return figure


def curve_metrics(history: History) -> list[str]:
    """The metrics that a trial's curves show: without lists of other lengths, and what lists show of the catalogue."""
    return [name for name in history if name in METRICS and METRICS[name].family != "exposure"]


def empty_figure(x: str, y: str, height: int = 380) -> go.Figure:
    """A figure in the style of all, with the titles of its axes, `height` pixels high."""
    figure = go.Figure()
    figure.update_layout(
        template="simple_white",
        height=height,
        font={"family": "system-ui, sans-serif", "size": 13, "color": INK},
        margin={"l": 60, "r": 20, "t": 20, "b": 50},
        legend={"orientation": "h", "y": 1.12},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(title=x, automargin=True)
    figure.update_yaxes(title=y, automargin=True, gridcolor="#e5e7eb", showgrid=True)
    return figure


def page(figure: go.Figure) -> bytes:
    """A figure as an HTML page that fills its window, carries Plotly's script (4.8 MB) and needs no network."""
    html: str = go.Figure(figure).update_layout(height=None).to_html(include_plotlyjs=True, full_html=True)
    return html.encode()


def _scale_of_losses(histories: Mapping[str, History]) -> str:
    """Logarithmic where the losses fall to less than a tenth."""
    losses = [loss for history in histories.values() for loss in history.get("train_loss", ())]
    return "log" if losses and 0 < min(losses) < max(losses) / 10 else "linear"


def _add_curve(figure: go.Figure, values: Sequence[float], name: str, line: Mapping[str, Any], **style: Any) -> None:
    mode = "lines" if len(values) > 1 else "markers"  # no line has one point
    marker = {"color": line["color"]}
    figure.add_scatter(x=list(range(len(values))), y=values, name=name, mode=mode, line=line, marker=marker, **style)
