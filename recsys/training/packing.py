"""Packing: a cohort is filled up to one of a few shapes, so that few programs serve a whole sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recsys.training.trial import Trial

_MEMBERS = (1, 2, 4, 8, 16)
_COLUMNS = 64


def filled(trials: Sequence[Trial]) -> list[Trial]:
    """The trials, followed by fillers that nobody trains, up to the next round number of members and columns.

    A cohort of one stays as it is. Only models of one embedding size are filled up in columns; those of two pad each
    member to the widest anyway.
    """
    members = next((size for size in _MEMBERS if size >= len(trials)), len(trials))
    if members == 1:
        return list(trials)
    if "embedding_size" not in trials[0].point:
        return [*trials, *[trials[-1]] * (members - len(trials))]
    width = sum(int(trial.point["embedding_size"]) for trial in trials)  # type: ignore[arg-type]
    total = -(-(width + members - len(trials)) // _COLUMNS) * _COLUMNS
    if members == len(trials) and total > width:
        members += 1
    count, spare = members - len(trials), total - width
    sizes = [spare // count + (number < spare % count) for number in range(count)]
    return [*trials, *(replace(trials[-1], point={**trials[-1].point, "embedding_size": size}) for size in sizes)]
