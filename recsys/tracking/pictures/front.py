"""Trials by two objectives, and the front of those that no other is better than in all."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.tracking.front import front_of
from recsys.tracking.pictures.canvas import figure_of, png
from recsys.tracking.tracker import Recorded
from recsys.training.trial import TrialState


def front_picture(records: Sequence[Recorded], goals: Sequence[str]) -> bytes:
    """A PNG of the first two objectives; trials on the front of all of them carry their number."""
    figure = figure_of(7, 4.8)
    axes = figure.subplots()
    across, up = goals[1], goals[0]
    known = [record for record in records if across in record.values and up in record.values]
    for state, colour in ((TrialState.COMPLETE, "C0"), (TrialState.PRUNED, "0.7")):
        shown = [record.values for record in known if record.finished and record.finished.state is state]
        if shown:
            axes.scatter([v[across] for v in shown], [v[up] for v in shown], s=22, color=colour, label=state.lower())
    best = front_of(records, goals)
    line = sorted((record.values[across], record.values[up]) for record in best)
    if line:
        axes.plot(*zip(*line, strict=True), color="C1", marker="o", markersize=5, label="front")
    for record in best:
        axes.annotate(
            str(record.number), (record.values[across], record.values[up]), xytext=(4, 4), textcoords="offset points"
        )
    axes.set(xlabel=across, ylabel=up)
    axes.legend()
    return png(figure)
