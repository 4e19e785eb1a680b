"""The points that a study asks for before it proposes any: known points, the default point, or a grid."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.spaces.branches import grid_size
from recsys.spaces.parameter import Value
from recsys.spaces.space import Space
from recsys.studies.study import StudySettings
from recsys.training.trial import Point


def grid_axes(space: Space, budget: int) -> dict[str, list[Value]]:
    """The values on each axis of the largest grid within the budget.

    Axes of choices have all values. Numeric axes get one more value in turn, in the space's order, while the grid stays
    within the budget; each has at least one value.
    """
    points = dict.fromkeys(space, 1)
    axes = {name: parameter.grid(1) for name, parameter in space.items()}
    growing = [name for name, parameter in space.items() if parameter.size is None or parameter.size > len(axes[name])]
    while growing:
        name = growing.pop(0)
        finer = {**axes, name: space[name].grid(points[name] + 1)}
        if len(finer[name]) > len(axes[name]) and grid_size(space, finer) <= budget:
            points[name] += 1
            axes = finer
            growing.append(name)
    return axes


def grid_points(space: Space, budget: int) -> list[dict[str, Value]]:
    """All points of the grid, in the order of the axes, with the last axis varying fastest."""
    points: list[dict[str, Value]] = [{}]
    for name, values in grid_axes(space, budget).items():
        points = [
            {**point, **more}
            for point in points
            for more in ([{name: value} for value in values] if name in space.active(point) else [{}])
        ]
    return points


def initial_points(
    space: Space, default: Point, settings: StudySettings, first: Sequence[Point], *, warm_start: bool
) -> list[Point]:
    """The given points, followed by all points of a grid; without either and without a warm start, the default point.

    Args:
        space: The search space.
        default: The model's default point, with the values that the experiment fixes.
        settings: Sampler and budget.
        first: Given points, which may be partial.
        warm_start: Whether the study starts with trials of other sweeps.
    """
    if settings.sampler == "grid":
        points = grid_points(space, max(1, settings.trials - len(first)))
        return [*first, *(point for point in points if point not in first)]
    return list(first) if first or warm_start else [space.nearest(default)]
