"""The figures of a report, as Plotly figures: numbers in, figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from recsys.arrays import AnyArray, BoolArray, FloatArray
from recsys.evaluation.groups import QuantileGroup
from recsys.evaluation.popularity_bands import PopularityBand
from recsys.spaces.formatting import format_point
from recsys.tracking.front import front_of
from recsys.tracking.pictures.axes import Axis
from recsys.tracking.pictures.parallel_coordinates import lines_to_touch
from recsys.tracking.tracker import Recorded, best_so_far
from recsys.training.trial import TrialState

_INK, _QUIET, _ACCENT = "#1f2937", "#9ca3af", "#b45309"
_SERIES = ("#1d4ed8", "#b45309", "#047857", "#7c3aed", "#be123c")


def optimisation_history(records: Sequence[Recorded], metric: str, direction: str) -> go.Figure:
    """The objective of every trial by its number, and the best so far."""
    figure = _figure("trial", metric)
    for state, colour in ((TrialState.COMPLETE, _SERIES[0]), (TrialState.PRUNED, _QUIET)):
        shown = [r for r in records if r.finished and r.finished.state is state and r.finished.value is not None]
        if shown:
            figure.add_scatter(
                x=[r.number for r in shown],
                y=[r.finished.value for r in shown if r.finished],
                mode="markers",
                name=state.lower(),
                marker={"color": colour, "size": 7, "opacity": 0.75},
            )
    path = best_so_far(records, direction)
    if path:
        numbers, values = zip(*path, strict=True)
        line = {"color": _ACCENT, "shape": "hv", "width": 2}
        figure.add_scatter(x=numbers, y=values, mode="lines", name="best so far", line=line)
        # a few trials that went wrong must not press the others flat
        shares = [0, 90] if direction == "minimize" else [10, 100]
        spread = np.percentile(
            [r.finished.value for r in records if r.finished and r.finished.value is not None], shares
        )
        room = 0.15 * (spread[1] - spread[0] or 1e-3)
        figure.update_yaxes(range=[spread[0] - room, spread[1] + room])
    return figure


def front(records: Sequence[Recorded], goals: Sequence[str]) -> go.Figure:
    """Trials by the first two objectives, and the front of all; hover for the point."""
    up, across = goals[:2]
    figure = _figure(across, up)
    best = {record.number for record in front_of(records, goals)}
    shown = [record for record in records if up in record.values and across in record.values]
    for name, colour, some in (
        ("others", _QUIET, [record for record in shown if record.number not in best]),
        ("front", _ACCENT, sorted((r for r in shown if r.number in best), key=lambda record: record.values[across])),
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
    figure = _figure("share of the objective's variance", "", height=120 + 28 * len(ordered))
    figure.add_bar(
        x=[share for _, share in ordered], y=[name for name, _ in ordered], orientation="h", marker_color=_SERIES[0]
    )
    return figure


def parallel_coordinates(axes: Sequence[Axis]) -> go.Figure:
    """One line a trial across all axes, coloured by the last one, the metric."""
    figure = _figure("", "", height=420)
    figure.add_trace(lines_to_touch(axes, scale=False))
    figure.update_layout(margin={"l": 70, "r": 40, "t": 60, "b": 30})
    return figure


def learning_curves(histories: Mapping[str, Mapping[str, Sequence[float]]], metric: str, rounds: str) -> go.Figure:
    """The objective (solid) and the training loss (dotted, right axis) by round."""
    figure = _figure(rounds, f"validation {metric}")
    for colour, (name, history) in zip(_SERIES, histories.items(), strict=False):
        epochs = list(range(len(history.get("train_loss", ()))))
        figure.add_scatter(x=epochs, y=history[metric], name=name, mode="lines", line={"color": colour})
        dotted = {"color": colour, "dash": "dot", "width": 1}
        figure.add_scatter(
            x=epochs,
            y=history["train_loss"],
            name=f"{name}, training loss",
            mode="lines",
            yaxis="y2",
            line=dotted,
            showlegend=False,
        )
    figure.update_layout(
        yaxis2={"overlaying": "y", "side": "right", "title": "training loss (dotted)", "showgrid": False, "nticks": 5},
        margin={"r": 70},
    )
    return figure


def residuals(truth: FloatArray, predicted: FloatArray) -> go.Figure:
    """Predicted minus true rating, by true rating."""
    figure = _figure("true rating", "predicted minus true")
    for name, inside in _bins(truth):
        figure.add_box(
            y=_quantiles(predicted[inside] - truth[inside]),
            name=name,
            boxpoints=False,
            marker_color=_SERIES[0],
            showlegend=False,
        )
    figure.add_hline(y=0, line_color=_QUIET, line_width=1)
    return figure


def reliability(curve: Sequence[tuple[float, float]]) -> go.Figure:
    """Observed against nominal coverage of intervals, and the line where they are equal."""
    figure = _figure("chance that an interval has", "share that it covers")
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": _QUIET, "width": 1}, showlegend=False)
    nominal, observed = zip(*curve, strict=True)
    figure.add_scatter(x=nominal, y=observed, mode="lines+markers", line={"color": _SERIES[0]}, showlegend=False)
    figure.update_xaxes(tickformat=".0%")
    figure.update_yaxes(tickformat=".0%")
    return figure


def by_activity(groups: Sequence[QuantileGroup], metric: str, of: str) -> go.Figure:
    """The metric of each group of users, from the least active to the most; it is a mean `of` users, or ratings."""
    figure = _figure("training ratings of a user", metric)
    figure.add_bar(
        x=[f"{group.low:,}" if group.low == group.high else f"{group.low:,} to {group.high:,}" for group in groups],
        y=[group.value for group in groups],
        text=[f"{group.ratings:,} {of}" for group in groups],
        marker_color=_SERIES[0],
    )
    figure.update_xaxes(type="category")
    return figure


def popularity_bands(bands: Sequence[PopularityBand]) -> go.Figure:
    """Beside each other what was rated and what is recommended of each band of items."""
    figure = _figure("training ratings of an item", "share")
    names = [f"{band.low:,} to {band.high:,}" for band in bands]
    for name, shares, colour in (
        ("of the training ratings", [band.rated for band in bands], _QUIET),
        ("of the recommendations", [band.shown for band in bands], _SERIES[0]),
    ):
        figure.add_bar(x=list(range(len(bands))), y=shares, name=name, marker_color=colour)
    figure.update_xaxes(tickvals=list(range(len(bands))), ticktext=names)
    figure.update_yaxes(tickformat=".0%")
    return figure


def item_map(vectors: FloatArray, names: Sequence[str], popularity: AnyArray) -> go.Figure:
    """Item embeddings (I, D) on their first two principal components, coloured by how many have rated the item."""
    from sklearn.decomposition import PCA

    places = (
        PCA(2, random_state=0).fit_transform(vectors) if vectors.shape[1] > 1 else np.pad(vectors, ((0, 0), (0, 1)))
    )
    figure = _figure("first principal component", "second", height=560)
    colour = np.log10(np.maximum(popularity, 1))
    ticks = np.arange(int(colour.max()) + 1)
    marker = {
        "color": colour,
        "colorscale": "Viridis",
        "size": 5,
        "opacity": 0.75,
        "colorbar": {"title": "ratings", "tickvals": ticks, "ticktext": [f"{10**t:,}" for t in ticks]},
    }
    figure.add_scattergl(x=places[:, 0], y=places[:, 1], mode="markers", text=names, hoverinfo="text", marker=marker)
    return figure


_MOST_BOXES = 20


def _bins(truth: FloatArray) -> list[tuple[str, BoolArray]]:
    """Each distinct rating; of too many to draw, even stretches of the scale that hold any."""
    values = np.unique(truth)
    if len(values) <= _MOST_BOXES:
        return [(f"{value:g}", truth == value) for value in values]
    borders = np.linspace(values[0], values[-1], _MOST_BOXES + 1)
    places = np.minimum(np.searchsorted(borders, truth, side="right") - 1, _MOST_BOXES - 1)
    return [(f"{borders[place]:.3g} to {borders[place + 1]:.3g}", places == place) for place in np.unique(places)]


def _quantiles(values: FloatArray, most: int = 400) -> FloatArray:
    """At most so many values with the same quartiles, so that the page stays light."""
    return values if len(values) <= most else np.quantile(values, np.linspace(0.01, 0.99, most))


def _figure(x: str, y: str, height: int = 380) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template="simple_white",
        height=height,
        font={"family": "system-ui, sans-serif", "size": 13, "color": _INK},
        margin={"l": 60, "r": 20, "t": 20, "b": 50},
        legend={"orientation": "h", "y": 1.12},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(title=x, automargin=True)
    figure.update_yaxes(title=y, automargin=True, gridcolor="#e5e7eb", showgrid=True)
    return figure
