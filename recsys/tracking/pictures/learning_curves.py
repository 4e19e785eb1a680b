"""A trial epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recsys.evaluation.metrics.table import METRICS
from recsys.tracking.pictures.canvas import figure_of, png


def learning_curves(history: Mapping[str, Sequence[float]], title: str = "") -> bytes:
    """Training loss (logarithmic) and validation metrics by epoch, side by side.

    Lists at other lengths and what they expose of the catalogue are left out: of another scale, or more of the same.
    """
    figure = figure_of(10, 4, left=0.08, right=0.98, bottom=0.13, top=0.85, wspace=0.16)
    left, right = figure.subplots(1, 2)
    for name, values in history.items():
        if name == "train_loss":
            left.plot(range(len(values)), values, marker=".")
        elif name in METRICS and METRICS[name].family != "exposure":
            right.plot(range(len(values)), values, marker=".", label=name)
    left.set(title="training loss", xlabel="epoch")
    if any(value > 0 for value in history.get("train_loss", ())):
        left.set_yscale("log")
    right.set(title="validation", xlabel="epoch")
    if right.lines:
        right.legend()
    figure.suptitle(title)
    return png(figure)
