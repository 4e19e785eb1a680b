"""The points that a study asks first, before it proposes any."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.spaces.space import Space
from recsys.studies.grid import grid_points
from recsys.studies.study import StudySettings
from recsys.training.trial import Point


def initial_points(
    space: Space, default: Point, settings: StudySettings, first: Sequence[Point], *, warm_start: bool
) -> list[Point]:
    """Those that are known; of a grid all of its points besides; else the default point, where nothing was learned.

    Args:
        space: What is searched.
        default: The model's default point, with what the experiment fixes.
        settings: Sampler and budget.
        first: Points that are known, or parts of them.
        warm_start: Whether trials of other sweeps are known.
    """
    if settings.sampler == "grid":
        points = grid_points(space, max(1, settings.trials - len(first)))
        return [*first, *(point for point in points if point not in first)]
    return list(first) if first or warm_start else [space.nearest(default)]
