"""Layout: where each member's columns stand in a cohort's table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.arrays import Float32Array, Int32Array

LANES = 8
"""Lanes of a factorisation cohort: its dot products sum eight columns at once, and only then by member."""

WIDTH_STEP = 32
"""Equally wide members are rounded up to a multiple of so many columns, so that few shapes are compiled."""


def shared_width(sizes: Sequence[int]) -> int:
    """The columns that each of several equally wide members has; one alone has just its own."""
    return sizes[0] if len(sizes) == 1 else -(-max(sizes) // WIDTH_STEP) * WIDTH_STEP


class Layout:
    """The columns of `M` members side by side, in groups that belong to one member each.

    With one lane a group is a column, and a member's columns stand one after the other. With more, the group's columns
    stand one in each lane, (lanes, groups) read as (lanes · groups,): a sum over the lanes then runs along memory, and
    only its short result has to be told apart by member. A member whose size the lanes do not divide has columns too
    many, which stay 0. One of size 0 has none.

    Args:
        sizes: D of each member.
        lanes: Columns of a group.
        width: Columns kept for each member, for members that are to be equally wide; goes with one lane.
    """

    def __init__(self, sizes: Sequence[int], lanes: int = 1, width: int | None = None) -> None:
        groups = np.array([width or -(-size // lanes) for size in sizes])
        first = np.cumsum(groups) - groups
        self.lanes, self.groups = lanes, int(groups.sum())
        self.owners = np.repeat(np.arange(len(sizes), dtype=np.int32), groups)
        """The member of each group, (groups,)."""
        own = [np.arange(size) for size in sizes]
        self.columns = [
            each % lanes * self.groups + start + each // lanes for each, start in zip(own, first, strict=True)
        ]
        """Where each member's own columns stand, (D,) each."""
        group_of = np.tile(np.arange(self.groups), lanes)
        lane_of = np.repeat(np.arange(lanes), self.groups)
        self.places = ((group_of - first[self.owners[group_of]]) * lanes + lane_of).astype(np.uint32)
        """Which of its member's columns each column is, (width,)."""
        self.member_of = self.owners[group_of]
        """The member of each column, (width,)."""

    @property
    def width(self) -> int:
        """Columns in all."""
        return self.lanes * self.groups


def one_hot(members: Int32Array, count: int) -> Float32Array:
    """The 0/1 matrix (n, M) that sums what belongs to each of `count` members."""
    return np.eye(count, dtype=np.float32)[members]
