"""Summaries of a model for users: its table of layers, and a picture of its graph."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import keras
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from recsys import notebook


def layer_table(model: keras.Model) -> str:
    """Return layers, output shapes and parameter counts, as Keras prints them."""
    lines: list[str] = []
    with notebook.nothing_shown():
        model.summary(line_length=100, print_fn=lines.append)
    return "\n".join(lines) + "\n"


def graph_png(model: keras.Model) -> bytes:
    """Draw the graph from inputs (top) to ratings (bottom), as a PNG."""
    operations = {operation.name: operation for operation in model.operations}
    depths = _depths(operations)
    rows: dict[int, list[str]] = {}
    for name, depth in depths.items():
        rows.setdefault(depth, []).append(name)
    widest = max(map(len, rows.values()))
    figure = Figure(figsize=(3.2 * widest, 0.9 * len(rows) + 0.4))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(-len(rows) + 0.4, 0.6))
    place = {name: ((k + 0.5) / len(names), -depth) for depth, names in rows.items() for k, name in enumerate(names)}
    for name, (x, y) in place.items():
        layer = operations[name]
        box = {"boxstyle": "round,pad=0.4", "facecolor": "#eef3fb", "edgecolor": "#4a6fa5"}
        label = f"{name}\n{type(layer).__name__}"
        if isinstance(layer, keras.layers.Layer):
            label += f", {layer.count_params():,} parameters"
        axes.text(x, y, label, ha="center", va="center", fontsize=8, bbox=box, zorder=2)
        for source in _sources(layer):
            axes.annotate(
                "", (x, y + 0.24), (place[source][0], place[source][1] - 0.24), arrowprops={"arrowstyle": "->"}
            )
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


def _sources(operation: keras.Operation) -> list[str]:
    inbound = operation._inbound_nodes  # noqa: SLF001 - Keras has no public name for it
    return [parent.operation.name for node in inbound for parent in node.parent_nodes]


def _depths(operations: Mapping[str, keras.Operation]) -> dict[str, int]:
    """How far each layer or function of tensors is from an input; of a layer that is used twice, its last use."""
    depths = dict.fromkeys(operations, 0)
    for _ in operations:  # a pass for each level at most, also where a layer is used before and after another
        deeper = {
            name: max((depths[source] + 1 for source in _sources(operation)), default=0)
            for name, operation in operations.items()
        }
        if deeper == depths:
            break
        depths = deeper
    return depths
