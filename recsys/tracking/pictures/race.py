"""A picture of several sweeps against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from recsys.tracking.pictures.png import matplotlib_figure, png_of
from recsys.tracking.tracker import Recorded, best_so_far


def race(sweeps: Mapping[str, Sequence[Recorded]], metric: str, direction: str) -> bytes:
    """A PNG of the best so far of several sweeps, against trials and against training time, side by side."""
    drawing = matplotlib_figure(11, 4.5)
    by_trials, by_time = drawing.subplots(1, 2, sharey=True)
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
    return png_of(drawing)
