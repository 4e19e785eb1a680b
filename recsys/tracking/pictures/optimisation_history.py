"""A sweep trial by trial."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.tracking.pictures.canvas import figure_of, png
from recsys.tracking.tracker import Recorded, best_so_far
from recsys.training.trial import TrialState


def optimisation_history(records: Sequence[Recorded], metric: str, direction: str) -> bytes:
    """The objective of every trial by its number, and the best so far."""
    figure = figure_of(8, 4.5)
    axes = figure.subplots()
    for state, colour in ((TrialState.COMPLETE, "C0"), (TrialState.PRUNED, "0.6")):
        points = [
            (r.number, r.finished.value)
            for r in records
            if r.finished and r.finished.state is state and r.finished.value is not None
        ]
        if points:
            numbers, values = zip(*points, strict=True)
            axes.scatter(numbers, values, color=colour, s=18, label=state.lower())
    path = best_so_far(records, direction)
    if path:
        axes.step(*zip(*path, strict=True), where="post", color="C3", label="best so far")
        axes.legend()
    axes.set(xlabel="trial", ylabel=metric, title="optimisation history")
    return png(figure)
