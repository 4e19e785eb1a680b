"""Packing: fillers complete a cohort to one of a few shapes, so that few programs serve a whole sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from recsys.models.kind import ranks
from recsys.models.layers.layout import LANES
from recsys.spaces.parameter import Point

MOST_MEMBERS = 16
_GROUPS = 8
"""Fillers bring the number of column groups to a multiple of this. A sweep over sizes of 8 to 64 then has an eighth
more columns than its trials need, and four or five shapes to compile. With 16 it has a quarter more columns, and three
shapes."""


def even_fillers(points: Sequence[Point]) -> list[Point]:
    """Return the last point once if several points are odd in number, else nothing."""
    return [points[-1]] * (len(points) % 2) if len(points) > 1 else []


def fillers_by_size(points: Sequence[Point], *, empty: bool = True) -> list[Point]:
    """Return fillers up to the most members and a round number of columns; none for a cohort of one.

    Models with a ranking loss pad each member to the widest, so fillers only make the number of members even.

    Args:
        points: The points of a cohort, each with an `embedding_size`.
        empty: Whether a filler may have an embedding size of 0.
    """
    if len(points) == 1:
        return []
    if ranks(points):
        return even_fillers(points)
    sizes = _sizes(len(points), sum(-(-_size(point) // LANES) for point in points), empty=empty)
    return [{**points[-1], "embedding_size": size} for size in sizes]


def _sizes(members: int, groups: int, *, empty: bool) -> list[int]:
    """Return the embedding sizes of the fillers, which share the missing columns."""
    count = MOST_MEMBERS - members
    least = 0 if empty else count
    missing = least + -(groups + least) % _GROUPS
    count = count or int(missing > 0)
    return [(missing // count + int(number < missing % count)) * LANES for number in range(count)]


def _size(point: Point) -> int:
    return cast("int", point["embedding_size"])
