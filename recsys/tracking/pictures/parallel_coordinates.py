"""All trials over all parameters: as a picture, and as a page to touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recsys.tracking.pictures.axes import Axis
from recsys.tracking.pictures.canvas import figure_of, png

if TYPE_CHECKING:
    import plotly.graph_objects as go


def parallel_coordinates(axes: Sequence[Axis]) -> bytes:
    """One line a trial across all axes, coloured by the last one, the metric."""
    from matplotlib import colormaps

    figure = figure_of(max(8.0, 1.5 * len(axes)), 5)
    plot = figure.subplots()
    columns = [_unit(a) for a in axes]
    for heights in sorted(zip(*columns, strict=True), key=lambda row: -row[-1]):
        plot.plot(range(len(axes)), heights, color=colormaps["viridis_r"](heights[-1]), alpha=0.6, linewidth=1.2)
    for place, a in enumerate(axes):
        plot.axvline(place, color="0.4", linewidth=0.8)
        for (_, label), height in zip(a.ticks, _unit(Axis(a.name, [p for p, _ in a.ticks], a.ticks)), strict=True):
            plot.text(place + 0.03, height, label, fontsize=7, va="center")
    plot.set_xticks(range(len(axes)), [a.name for a in axes], rotation=20, fontsize=8)
    plot.set_yticks([])
    plot.set_title("parallel coordinates")
    return png(figure)


def parallel_coordinates_page(axes: Sequence[Axis]) -> bytes:
    """The same as a page to filter and reorder; it carries its script and needs no network."""
    import plotly.graph_objects as go

    page: str = go.Figure(lines_to_touch(axes, scale=True)).to_html(include_plotlyjs=True, full_html=True)
    return page.encode()


def lines_to_touch(axes: Sequence[Axis], *, scale: bool) -> go.Parcoords:
    """Plotly's own lines, coloured by the last axis, with or without a scale of the colours beside them."""
    import plotly.graph_objects as go

    dimensions = [
        {
            "label": axis.name,
            "values": axis.positions,
            "tickvals": [place for place, _ in axis.ticks],
            "ticktext": [label for _, label in axis.ticks],
        }
        for axis in axes
    ]
    line = {"color": axes[-1].positions, "colorscale": "Viridis", "reversescale": True, "showscale": scale}
    return go.Parcoords(dimensions=dimensions, line=line)


def _unit(a: Axis) -> list[float]:
    places = [place for place, _ in a.ticks]
    low, width = min(places), max(places) - min(places)
    return [(position - low) / width if width else 0.5 for position in a.positions]
