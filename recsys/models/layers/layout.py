"""Layout: the columns of each member in a cohort's table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.arrays import Float32Array, Int32Array

LANES = 8
"""The number of lanes of a factorisation cohort. Its dot products first sum eight columns at once, then sum by
member."""

WIDTH_STEP = 32
"""The width of equally wide members is rounded up to a multiple of this number, so that few shapes are compiled."""


def shared_width(sizes: Sequence[int]) -> int:
    """Return the number of columns of each of several equally wide members; one member keeps its size."""
    return sizes[0] if len(sizes) == 1 else -(-max(sizes) // WIDTH_STEP) * WIDTH_STEP


class Layout:
    """The columns of M members side by side, in groups of columns that belong to one member each.

    With one lane a group is one column, and the columns of a member are contiguous. With several lanes a group has one
    column in each lane: (lanes, groups) flattened to (lanes · groups,). A sum over lanes then runs along memory, and
    only its short result has to be separated by member. If the lanes do not divide a member's size, the member has
    spare columns, which stay 0. A member of size 0 has no columns.

    Args:
        sizes: The embedding dimension D of each member.
        lanes: The columns of a group.
        width: The columns of each member, if all are equally wide. It requires one lane.
    """

    def __init__(self, sizes: Sequence[int], lanes: int = 1, width: int | None = None) -> None:
        groups = np.array([width or -(-size // lanes) for size in sizes])
        first = np.cumsum(groups) - groups
        self.lanes, self.groups = lanes, int(groups.sum())
        self.owners = np.repeat(np.arange(len(sizes), dtype=np.int32), groups)
        """The member of each group (groups,)."""
        own = [np.arange(size) for size in sizes]
        self.columns = [
            each % lanes * self.groups + start + each // lanes for each, start in zip(own, first, strict=True)
        ]
        """For each member, the positions of its own columns (D,)."""
        group_of = np.tile(np.arange(self.groups), lanes)
        lane_of = np.repeat(np.arange(lanes), self.groups)
        self.places = ((group_of - first[self.owners[group_of]]) * lanes + lane_of).astype(np.uint32)
        """The position of each column within its member (width,)."""
        self.member_of = self.owners[group_of]
        """The member of each column (width,)."""

    @property
    def width(self) -> int:
        """The number of columns of all members."""
        return self.lanes * self.groups


def one_hot(members: Int32Array, count: int) -> Float32Array:
    """Return the 0/1 matrix (n, M) that sums n values by member, for `count` members."""
    return np.eye(count, dtype=np.float32)[members]
