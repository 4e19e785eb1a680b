"""Pictures of a trial and of a sweep, as PNG bytes and, where one wants to touch them, HTML without a network."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from recsys.evaluation.metric import sort_key
from recsys.spaces.parameter import Value
from recsys.tracking.tracker import Recorded, best_of
from recsys.training.trial import State

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Axis:
    """One axis of the parallel coordinates: where each trial stands, and what is written beside it."""

    name: str
    positions: list[float]
    ticks: list[tuple[float, str]]


def axis(name: str, values: Sequence[Value], *, log: bool = False) -> Axis:
    """An axis for the values of one parameter: numbers on their scale, anything else as evenly spaced choices."""
    if any(isinstance(value, (str, bool, tuple)) for value in values):
        labels = sorted({str(value) for value in values})
        positions = [float(labels.index(str(value))) for value in values]
        return Axis(name, positions, [(float(i), label) for i, label in enumerate(labels)])
    numbers = [float(value) for value in values if not isinstance(value, (str, tuple))]
    log = log and min(numbers) > 0
    positions = [math.log10(number) for number in numbers] if log else numbers
    low, high = min(positions), max(positions)
    places = [low + (high - low) * i / 4 for i in range(5)] if high > low else [low]
    return Axis(name, positions, [(place, f"{10**place if log else place:.3g}") for place in places])


def axes_of(records: Sequence[Recorded], logarithmic: Mapping[str, bool], metric: str) -> list[Axis]:
    """An axis for each parameter of the space (and whether it is logarithmic), then one for the metric."""
    told = [r for r in records if r.told is not None and r.told.value is not None and math.isfinite(r.told.value)]
    if not told:
        return []
    axes = [
        axis(name, [record.point[name] for record in told], log=log)
        for name, log in logarithmic.items()
        if all(name in record.point for record in told)
    ]
    return [*axes, axis(metric, [r.told.value for r in told if r.told is not None and r.told.value is not None])]


def learning_curves(history: Mapping[str, Sequence[float]], title: str = "") -> bytes:
    """Training loss (logarithmic) and validation metrics by epoch, side by side."""
    figure = _figure(10, 4)
    left, right = figure.subplots(1, 2)
    for name, values in history.items():
        (left if name == "train_loss" else right).plot(range(len(values)), values, marker=".", label=name)
    left.set(title="training loss", xlabel="epoch")
    if any(value > 0 for value in history.get("train_loss", ())):
        left.set_yscale("log")
    right.set(title="validation", xlabel="epoch")
    if len(history) > ("train_loss" in history):
        right.legend()
    figure.suptitle(title)
    return _png(figure)


def optimisation_history(records: Sequence[Recorded], metric: str, direction: str) -> bytes:
    """The objective of every trial by its number, and the best so far."""
    figure = _figure(8, 4.5)
    axes = figure.subplots()
    for state, colour in ((State.COMPLETE, "C0"), (State.PRUNED, "0.6")):
        points = [
            (r.number, r.told.value) for r in records if r.told and r.told.state is state and r.told.value is not None
        ]
        if points:
            numbers, values = zip(*points, strict=True)
            axes.scatter(numbers, values, color=colour, s=18, label=state.lower())
    path = best_so_far(records, direction)
    if path:
        axes.step(*zip(*path, strict=True), where="post", color="C3", label="best so far")
        axes.legend()
    axes.set(xlabel="trial", ylabel=metric, title="optimisation history")
    return _png(figure)


def best_so_far(records: Sequence[Recorded], direction: str) -> list[tuple[int, float]]:
    """The best value up to each complete trial, by its number."""
    path: list[tuple[int, float]] = []
    for record in sorted(best_of(records, direction), key=lambda record: record.number):
        value = record.told.value if record.told else None
        if value is not None:
            so_far = [value, *(best for _, best in path[-1:])]
            path.append((record.number, min(so_far, key=lambda each: sort_key(each, direction))))
    return path


def race(sweeps: Mapping[str, Sequence[Recorded]], metric: str, direction: str) -> bytes:
    """The best so far of several sweeps, against trials and against training time, side by side."""
    figure = _figure(11, 4.5)
    by_trials, by_time = figure.subplots(1, 2, sharey=True)
    for name, records in sweeps.items():
        ordered = sorted(records, key=lambda record: record.number)
        ends = dict(zip((r.number for r in ordered), accumulate(r.seconds for r in ordered), strict=True))
        path = best_so_far(records, direction)
        if path:
            numbers, values = zip(*path, strict=True)
            by_trials.step(numbers, values, where="post", label=name)
            by_time.step([ends[number] for number in numbers], values, where="post", label=name)
    by_trials.set(xlabel="trial", ylabel=f"best {metric} so far")
    by_time.set(xlabel="training time in seconds")
    by_trials.legend()
    return _png(figure)


def importances_picture(importances: Mapping[str, float]) -> bytes:
    """The parameters' importances as bars, the largest on top."""
    figure = _figure(8, 0.8 + 0.4 * max(1, len(importances)))
    axes = figure.subplots()
    ordered = sorted(importances.items(), key=lambda pair: pair[1])
    bars = axes.barh([name for name, _ in ordered], [share for _, share in ordered])
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.set(title="parameter importances", xlabel="share of the objective's variance")
    axes.margins(x=0.12)
    return _png(figure)


def parallel_coordinates(axes: Sequence[Axis]) -> bytes:
    """One line a trial across all axes, coloured by the last one, the metric."""
    from matplotlib import colormaps

    figure = _figure(max(8.0, 1.5 * len(axes)), 5)
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
    return _png(figure)


def parallel_coordinates_page(axes: Sequence[Axis]) -> bytes:
    """The same as a page to filter and reorder; it carries its script and needs no network."""
    import plotly.graph_objects as go

    dimensions = [
        {
            "label": a.name,
            "values": a.positions,
            "tickvals": [place for place, _ in a.ticks],
            "ticktext": [label for _, label in a.ticks],
        }
        for a in axes
    ]
    line = {"color": axes[-1].positions, "colorscale": "Viridis", "reversescale": True, "showscale": True}
    figure = go.Figure(go.Parcoords(dimensions=dimensions, line=line))
    page: str = figure.to_html(include_plotlyjs=True, full_html=True)
    return page.encode()


def _unit(a: Axis) -> list[float]:
    places = [place for place, _ in a.ticks]
    low, width = min(places), max(places) - min(places)
    return [(position - low) / width if width else 0.5 for position in a.positions]


def _figure(width: float, height: float) -> Figure:
    # the figure class itself, not pyplot: no global state, no display, safe in any thread
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()
