"""Packing: a cohort is filled up to one of a few shapes, so that few programs serve a whole sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from recsys.models.kind import ranks
from recsys.models.layers.layout import LANES
from recsys.training.grouping import MOST_MEMBERS
from recsys.training.trial import Trial

_GROUPS = 8
"""Groups of columns that a cohort is filled up to a multiple of. A sweep over sizes of 8 to 64 then has an eighth more
columns than its trials, and four or five shapes to compile; by 16 a quarter, and three."""


def filled(trials: Sequence[Trial], *, empty: bool = True) -> list[Trial]:
    """The trials, followed by fillers that nobody trains, up to the most members and a round number of columns.

    A cohort of one stays as it is. Models of two embedding sizes, and those trained on rankings, pad each member to the
    widest anyway, so they are only brought to an even number of members.

    Args:
        trials: The members of a cohort.
        empty: Whether a filler may have an embedding size of 0, which a factory of the user's own need not know.
    """
    if len(trials) == 1:
        return list(trials)
    if "embedding_size" not in trials[0].point or ranks([trial.point for trial in trials]):
        return [*trials, *[trials[-1]] * (len(trials) % 2)]
    sizes = _sizes(len(trials), sum(-(-_size(trial) // LANES) for trial in trials), empty=empty)
    return [*trials, *(replace(trials[-1], point={**trials[-1].point, "embedding_size": size}) for size in sizes)]


def _sizes(members: int, groups: int, *, empty: bool) -> list[int]:
    """The embedding sizes of as many fillers as there have to be, which share the columns that are missing."""
    count = MOST_MEMBERS - members
    least = 0 if empty else count
    missing = least + -(groups + least) % _GROUPS
    count = count or int(missing > 0)
    return [(missing // count + int(number < missing % count)) * LANES for number in range(count)]


def _size(trial: Trial) -> int:
    return cast("int", trial.point["embedding_size"])
