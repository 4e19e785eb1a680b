"""Plotly figures as PNG files, by matplotlib: Plotly's own export starts a browser, which few servers have."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DPI = 110
_WIDTH = 8.0
"""Inches."""
_DATES = 8
"""The most dates below an axis; more would overlap."""
_MARGINS = {"left": 0.09, "right": 0.9, "bottom": 0.13, "top": 0.87}
"""Of figures whose labels are numbers; to measure the labels instead takes half the time again."""


def png(figure: go.Figure, title: str = "") -> bytes:
    """The figure as a PNG file, see `drawn`."""
    return png_of(drawn(figure, title))


def drawn(figure: go.Figure, title: str = "") -> Figure:
    """The figure as matplotlib draws it.

    Args:
        figure: Of scatter traces (lines, steps, markers), horizontal bars or parallel coordinates: what the figures of
            `recsys.tracking.pictures.figures` hold.
        title: Above it.

    Raises:
        KeyError: The figure has a trace of another type.
    """
    kinds = {trace.type for trace in figure.data}
    margins = _MARGINS if kinds <= {"scatter"} else {}
    drawing = matplotlib_figure(_width(figure), figure.layout.height / 80, **margins)
    axes = drawing.subplots()
    right = axes.twinx() if any(trace.yaxis == "y2" for trace in figure.data if trace.type == "scatter") else axes
    for trace in figure.data:
        _TRACES[trace.type](right if trace.type == "scatter" and trace.yaxis == "y2" else axes, trace)
    if "parcoords" not in kinds:
        _label(axes, figure.layout.xaxis, figure.layout.yaxis)
        if right is not axes:
            right.set(ylabel=figure.layout.yaxis2.title.text, yscale=figure.layout.yaxis2.type)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(fontsize=9)
    axes.set_title(title)
    return drawing


def matplotlib_figure(width: float, height: float, **margins: float) -> Figure:
    """An empty matplotlib figure, in inches.

    Args:
        width: Of the figure.
        height: Of the figure.
        margins: Where the axes begin and end, as `subplots_adjust` takes them; by default matplotlib makes room for the
            labels.
    """
    # the figure class itself, not pyplot: no global state, no display, safe in any thread
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=None if margins else "constrained")
    if margins:
        figure.subplots_adjust(**margins)
    return figure


def png_of(drawing: Figure) -> bytes:
    """A matplotlib figure as a PNG file."""
    buffer = io.BytesIO()
    drawing.savefig(buffer, format="png", dpi=_DPI)
    return buffer.getvalue()


def _width(figure: go.Figure) -> float:
    axes = max((len(trace.dimensions) for trace in figure.data if trace.type == "parcoords"), default=0)
    return max(_WIDTH, 1.5 * axes)


def _label(axes: Axes, x: go.layout.XAxis, y: go.layout.YAxis) -> None:
    axes.set(xlabel=x.title.text, ylabel=y.title.text)
    if y.range is not None:
        axes.set_ylim(*y.range)
    if x.type == "date":
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        places = AutoDateLocator(maxticks=_DATES)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(places)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(places))  # type: ignore[no-untyped-call]


def _scatter(axes: Axes, trace: go.Scatter) -> None:
    lines, markers = "lines" in trace.mode, "markers" in trace.mode
    axes.plot(
        trace.x,
        trace.y,
        color=trace.line.color or trace.marker.color,
        linestyle=("dotted" if trace.line.dash == "dot" else "solid") if lines else "none",
        drawstyle="steps-post" if trace.line.shape == "hv" else "default",
        marker="o" if markers else None,
        markersize=4.5,
        alpha=trace.marker.opacity,
        label=None if trace.showlegend is False else trace.name,
    )
    if "text" in trace.mode:
        for x, y, words in zip(trace.x, trace.y, trace.text, strict=True):
            axes.annotate(words, (x, y), xytext=(4, 4), textcoords="offset points", fontsize=8)


def _bars(axes: Axes, trace: go.Bar) -> None:
    axes.bar_label(axes.barh(trace.y, trace.x, color=trace.marker.color), fmt="%.2f", padding=3)
    axes.margins(x=0.12)


def _parallel_coordinates(axes: Axes, trace: go.Parcoords) -> None:
    from matplotlib import colormaps
    from matplotlib.collections import LineCollection

    names = [axis.label for axis in trace.dimensions]
    heights = np.stack([_heights(axis.values, axis.tickvals) for axis in trace.dimensions], axis=1)
    heights = heights[np.argsort(-heights[:, -1], kind="stable")]
    lines = [np.column_stack([np.arange(len(names)), each]) for each in heights]
    colours = colormaps["viridis_r"](heights[:, -1])
    axes.add_collection(LineCollection(lines, colors=colours, alpha=0.6, linewidths=1.2))
    for place, axis in enumerate(trace.dimensions):
        axes.axvline(place, color="0.4", linewidth=0.8)
        for label, height in zip(axis.ticktext, _heights(axis.tickvals, axis.tickvals), strict=True):
            axes.text(place + 0.03, height, label, fontsize=7, va="center")
    axes.set_xticks(range(len(names)), names, rotation=20, fontsize=8)
    axes.set_yticks([])
    axes.autoscale_view()


def _heights(values: Any, ticks: Any) -> Any:
    """Values between the lowest tick (0) and the highest (1)."""
    low, width = min(ticks), max(ticks) - min(ticks)
    return (np.asarray(values, float) - low) / width if width else np.full(len(values), 0.5)


_TRACES = {"scatter": _scatter, "bar": _bars, "parcoords": _parallel_coordinates}
