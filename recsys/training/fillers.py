"""Packing: a cohort is filled up to one of a few shapes, so that few programs serve a whole sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from recsys.models.kind import ranks
from recsys.models.layout import LANES
from recsys.training.grouping import MOST_MEMBERS
from recsys.training.trial import Trial

_MEMBERS = (2, 4, MOST_MEMBERS)
_GROUPS = 16
"""Groups of columns that a cohort is filled up to a multiple of."""


def filled(trials: Sequence[Trial]) -> list[Trial]:
    """The trials, followed by fillers that nobody trains, up to a round number of members and columns.

    A cohort of one stays as it is. Models of two embedding sizes, and those trained on rankings, pad each member to the
    widest anyway, so they are only brought to an even number of members.
    """
    if len(trials) == 1:
        return list(trials)
    if "embedding_size" not in trials[0].point or ranks([trial.point for trial in trials]):
        return [*trials, *[trials[-1]] * (len(trials) % 2)]
    members = next((size for size in _MEMBERS if size >= len(trials)), len(trials))
    groups = sum(-(-_size(trial) // LANES) for trial in trials)
    total = -(-(groups + members - len(trials)) // _GROUPS) * _GROUPS
    if members == len(trials) and total > groups:
        members += 1
    count, spare = members - len(trials), total - groups
    sizes = [(spare // count + int(number < spare % count)) * LANES for number in range(count)]
    return [*trials, *(replace(trials[-1], point={**trials[-1].point, "embedding_size": size}) for size in sizes)]


def _size(trial: Trial) -> int:
    return cast("int", trial.point["embedding_size"])
