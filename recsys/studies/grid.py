"""The grid of a space: as many values on each axis as the budget allows."""

from __future__ import annotations

from itertools import count, product
from math import prod

from recsys.spaces.parameter import Value
from recsys.spaces.space import Space


def grid_axes(space: Space, budget: int) -> dict[str, list[Value]]:
    """The values on each axis.

    Every axis of numbers gets the same number of points, the most for which the whole grid is within the budget and at
    least one; choices are always taken whole.
    """
    axes = {name: parameter.grid(1) for name, parameter in space.items()}
    for points in count(2):
        finer = {name: parameter.grid(points) for name, parameter in space.items()}
        if prod(map(len, finer.values())) > budget or (finer == axes and points > 2):
            return axes
        if all(len(finer[name]) == len(axes[name]) < points for name in finer):
            return finer
        axes = finer
    raise AssertionError  # count never ends


def grid_points(space: Space, budget: int) -> list[dict[str, Value]]:
    """Every point of the grid, in the order of the axes, the last one running fastest."""
    axes = grid_axes(space, budget)
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
