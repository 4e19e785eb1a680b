"""Packing: a cohort is filled up to one of a few shapes, so that few programs serve a whole sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from recsys.models.kind import ranks
from recsys.models.layers.layout import LANES
from recsys.spaces.parameter import Point

MOST_MEMBERS = 16
_GROUPS = 8
"""Groups of columns that a cohort is filled up to a multiple of. A sweep over sizes of 8 to 64 then has an eighth more
columns than its trials, and four or five shapes to compile; by 16 a quarter, and three."""


def even_fillers(points: Sequence[Point]) -> list[Point]:
    """The last point again, where there is an odd number of several."""
    return [points[-1]] * (len(points) % 2) if len(points) > 1 else []


def fillers_by_size(points: Sequence[Point], *, empty: bool = True) -> list[Point]:
    """Fillers up to the most members and a round number of columns; none for a cohort of one.

    Models that are trained on rankings pad each member to the widest anyway, so they are only brought to an even number
    of members.

    Args:
        points: Those of a cohort, with an `embedding_size` each.
        empty: Whether a filler may have an embedding size of 0.
    """
    if len(points) == 1:
        return []
    if ranks(points):
        return even_fillers(points)
    sizes = _sizes(len(points), sum(-(-_size(point) // LANES) for point in points), empty=empty)
    return [{**points[-1], "embedding_size": size} for size in sizes]


def _sizes(members: int, groups: int, *, empty: bool) -> list[int]:
    """The embedding sizes of as many fillers as there have to be, which share the columns that are missing."""
    count = MOST_MEMBERS - members
    least = 0 if empty else count
    missing = least + -(groups + least) % _GROUPS
    count = count or int(missing > 0)
    return [(missing // count + int(number < missing % count)) * LANES for number in range(count)]


def _size(point: Point) -> int:
    return cast("int", point["embedding_size"])
