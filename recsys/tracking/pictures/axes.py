"""The axes of parallel coordinates: one a parameter, and the metric last."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recsys.spaces.parameter import Value
from recsys.tracking.tracker import Recorded


@dataclass(frozen=True)
class Axis:
    """One axis: the position of each trial, and the ticks as (position, label)."""

    name: str
    positions: list[float]
    ticks: list[tuple[float, str]]


def axis(name: str, values: Sequence[Value], *, log: bool = False) -> Axis:
    """The axis of one parameter: numbers on their scale, other values as evenly spaced choices."""
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
    """An axis for each parameter that all complete trials have, then one for the metric; empty without such trials.

    Args:
        records: The trials; those without a finite value are left out.
        logarithmic: The parameters, and whether their scale is logarithmic.
        metric: The name of the objective.
    """
    finished = [
        r
        for r in records
        if r.finished is not None and r.finished.value is not None and math.isfinite(r.finished.value)
    ]
    if not finished:
        return []
    axes = [
        axis(name, [record.point[name] for record in finished], log=log)
        for name, log in logarithmic.items()
        if all(name in record.point for record in finished)
    ]
    return [
        *axes,
        axis(metric, [r.finished.value for r in finished if r.finished is not None and r.finished.value is not None]),
    ]
